import type { AlignResult as AlignJobResult, RefusalCause } from '@samepoint/shared-protocol';
import { refusalCauseSchema } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { ExportedItem } from '../../../src/shared/messages.js';
import {
  changeAmounts,
  changeGroups,
  changesAsText,
  changesSummary,
  filterChanges,
  usefulFilters,
} from '../../../src/ui/flow/align/align-changes.js';
import { problemOfAlignment } from '../../../src/ui/flow/align/align-refusal.js';
import type { AlignStep } from '../../../src/ui/flow/align/align-state.js';
import { escapeEvent } from '../../../src/ui/flow/escape.js';
import { missingPick } from '../../../src/ui/flow/pick.js';
import { type FlowEvent, needsDaemon } from '../../../src/ui/flow/state.js';
import { BASE, EDIT_ITEMS, editPlacements, editResult, screen } from '../edit-frames.js';
import { exportedFrame, failure, frameSummary } from '../fixtures.js';
import { CONNECTED, Driver, session } from './driver.js';

const AFTER = screen('t', { label: 'Add to cart', button: '#FF5500', hasBadge: true, hasAvatar: false });
const EDITS = { applied: [], warnings: [] };
const FRAMES = [
  { ...exportedFrame('s'), name: 'v1', edits: { design: BASE, ...EDITS } },
  { ...exportedFrame('t'), name: 'v2', edits: { design: AFTER, ...EDITS } },
];
const AFTER_PNG = FRAMES[1]?.png;

function picked(): Driver {
  return new Driver().do(session('align-compare', { picks: { source: frameSummary('s') } }), CONNECTED);
}

function exported(items: ExportedItem[] = EDIT_ITEMS): Driver {
  const flow = picked().do({ type: 'pick.after', frame: frameSummary('t') }, { type: 'start', jobId: 'job' });
  return flow.do(
    ...FRAMES.map((frame, at): FlowEvent => {
      return { type: 'main', message: { type: 'export.frame', frame, done: at + 1, total: 2 } };
    }),
    { type: 'main', message: { type: 'export.done', items, notices: [] } },
  );
}

const daemon = (message: Extract<FlowEvent, { type: 'daemon' }>['message'], payload?: Uint8Array): FlowEvent => {
  return { type: 'daemon', message, ...(payload === undefined ? {} : { payload }) };
};

/** Answers the offered images, so that the job starts. */
function haveImages(flow: Driver): Driver {
  const offered = flow.effects().flatMap((effect) => {
    return effect.type === 'daemon' && effect.message.type === 'image.offer' ? [effect.message.imageId] : [];
  });
  return flow.do(...offered.map((imageId) => daemon({ type: 'image.have', imageId })));
}

const ALIGNED: AlignJobResult = {
  kind: 'align',
  outcome: {
    state: 'aligned',
    fit: {
      ...{ kind: 'similarity', transform: [1, 0, 0, 0, 1, 0, 0, 0, 1], inliers: 9, samples: 10, residualPx: 0.5 },
      confidence: 0.9,
    },
    ...{ coverage: 1, difference: 2, alignedPngBytes: 2, overlayPngBytes: 1, residualPngBytes: 3 },
  },
};
const PAYLOAD = new Uint8Array([1, 2, 3, 4, 5, 6]);

const aligned = (flow = exported()): Driver =>
  haveImages(flow).do(daemon({ type: 'job.result', jobId: 'job', result: ALIGNED }, PAYLOAD));

const refusal = (cause?: RefusalCause): FlowEvent => {
  const outcome = {
    state: 'refused' as const,
    reason: 'The daemon’s words.',
    ...(cause === undefined ? {} : { cause }),
  };
  return daemon({ type: 'job.result', jobId: 'job', result: { kind: 'align', outcome } });
};

const LAYERS = daemon({
  type: 'job.result',
  jobId: 'job-layers',
  result: editResult({ t: editPlacements('t', { avatar: { layerId: null, confidence: 0 } }) }),
});

const compared = (): Driver => haveImages(aligned()).do(LAYERS);

function stepOf({ flow }: Driver): AlignStep {
  if (flow.state.name !== 'align') throw new Error(`the state is ${flow.state.name}`);
  return flow.state.align;
}

function resultOf(flow: Driver) {
  const step = stepOf(flow);
  if (step.step !== 'result') throw new Error(`the step is ${step.step}`);
  return step;
}

function startedJobs(flow: Driver) {
  return flow.effects().flatMap((effect) => {
    return effect.type === 'daemon' && effect.message.type === 'job.start' ? [effect.message] : [];
  });
}

const toMain = (flow: Driver) => flow.effects().flatMap((effect) => (effect.type === 'main' ? [effect.message] : []));

describe('the versions', () => {
  it('are exactly two, without targets', () => {
    const flow = picked();
    expect(missingPick(flow.flow)).toBe('Choose the frame after the edits');
    flow.do({ type: 'pick.after', frame: frameSummary('t') });
    expect(missingPick(flow.flow)).toBeNull();
  });

  it('are aligned first, then their layers are compared', () => {
    const flow = haveImages(exported());
    expect(startedJobs(flow)).toMatchObject([{ jobId: 'job', request: { kind: 'align', backend: 'ui' } }]);
    flow.do(daemon({ type: 'job.result', jobId: 'job', result: ALIGNED }, PAYLOAD));
    expect(resultOf(flow)).toMatchObject({ tab: 'overlay', changes: { state: 'comparing' } });
    expect(needsDaemon(flow.flow.state)).toBe(false);
    expect(startedJobs(haveImages(flow))).toMatchObject([{ jobId: 'job-layers', request: { kind: 'transfer' } }]);
    flow.do(LAYERS);
    expect(resultOf(flow).changes.state).toBe('listed');
    expect(toMain(flow)).toEqual([{ type: 'pending.save', pending: null }]);
  });

  it('get the images of the payload in their order', () => {
    expect(resultOf(aligned()).alignment).toMatchObject({
      aligned: new Uint8Array([1, 2]),
      residual: new Uint8Array([4, 5, 6]),
    });
  });

  it('show their result in a wide window, and the picks in a standard one', () => {
    const flow = aligned();
    expect(toMain(flow)).toContainEqual({ type: 'window', size: 'wide' });
    flow.do({ type: 'back' });
    expect(flow.state).toBe('pick');
    expect(toMain(flow)).toContainEqual({ type: 'window', size: 'standard' });
  });
});

describe('a refused alignment', () => {
  it('has a sentence for each cause, and shows what changed', () => {
    const flow = haveImages(haveImages(exported()).do(refusal('outside-target'))).do(LAYERS);
    expect(resultOf(flow)).toMatchObject({
      tab: 'changes',
      alignment: { problem: { message: 'The first picture would lie outside of the second.' } },
      changes: { state: 'listed' },
    });
    for (const cause of [...refusalCauseSchema.options, undefined]) {
      expect(problemOfAlignment(cause).message).toMatch(/\.$/);
    }
  });

  it('of pictures shows them side by side', () => {
    const flow = haveImages(exported([])).do(refusal());
    expect(resultOf(flow)).toMatchObject({ tab: 'differences', changes: { state: 'none' } });
  });

  it('places nothing', () => {
    const flow = haveImages(exported()).do(refusal());
    flow.effects();
    flow.do({ type: 'align.place', picture: 'overlay', opacity: 0.5 });
    expect(toMain(flow)).toEqual([]);
  });
});

describe('what changed', () => {
  const differenceOf = (flow: Driver) => {
    const { changes } = resultOf(flow);
    if (changes.state !== 'listed') throw new Error(`the changes are ${changes.state}`);
    return changes.difference;
  };

  it('is listed by layer with the layer on the canvas', () => {
    const groups = changeGroups(differenceOf(compared()));
    expect(groups.map(({ name, nodeId, isRemoved, edits }) => [name, nodeId, isRemoved, edits.length])).toEqual([
      ['Badge', 't-badge', false, 1],
      ['Button', 't-button', false, 1],
      ['Button label', 't-label', false, 1],
      ['Avatar', 's-avatar', true, 1],
    ]);
    expect(changesSummary(groups)).toBe('4 changes in 4 layers');
  });

  it('can be filtered by kind', () => {
    const difference = differenceOf(compared());
    const amounts = changeAmounts(difference);
    expect(amounts).toEqual({ all: 4, text: 1, look: 1, layout: 0, component: 0, structure: 2 });
    expect(usefulFilters(amounts)).toEqual(['all', 'text', 'look', 'structure']);
    expect(filterChanges(changeGroups(difference), 'structure').map(({ name }) => name)).toEqual(['Badge', 'Avatar']);
  });

  it('can be copied as text', () => {
    const difference = differenceOf(compared());
    const text = changesAsText(difference, changeGroups(difference), { before: 'v1', after: 'v2' });
    expect(text).toBe(`Changes from “v1” to “v2”: 4 changes in 4 layers

Badge (frame)
- Added: in Card

Button (frame)
- Fill: #7B61FF → #FF5500

Button label (text)
- Text: “Buy” → “Add to cart”

Avatar (rectangle)
- Removed
`);
  });
});

describe('Escape', () => {
  const event = ({ flow }: Driver) => escapeEvent(flow);

  it('cancels the alignment, leaves the result, and waits while a picture is placed', () => {
    expect(event(haveImages(exported()))).toEqual({ type: 'cancel' });
    expect(event(compared())).toEqual({ type: 'back' });
    expect(event(compared().do({ type: 'align.place', picture: 'residual', opacity: 1 }))).toBeNull();
  });
});

describe('faults', () => {
  it('while aligning keep the versions for another try', () => {
    const flow = haveImages(exported()).do(
      daemon({ type: 'job.failed', jobId: 'job', error: failure('ENGINE_CRASHED') }),
    );
    expect(stepOf(flow).step).toBe('failed');
    flow.effects();
    expect(startedJobs(haveImages(flow.do({ type: 'retry' })))).toMatchObject([{ jobId: 'job.2' }]);
  });

  it('while the layers are compared leave the pictures, and the layers can be compared again', () => {
    const flow = haveImages(aligned());
    flow.do(daemon({ type: 'job.failed', jobId: 'job-layers', error: failure('ENGINE_CRASHED') }));
    expect(resultOf(flow)).toMatchObject({ tab: 'overlay', changes: { state: 'failed' } });
    flow.effects();
    expect(startedJobs(haveImages(flow.do({ type: 'retry' })))).toMatchObject([{ jobId: 'job.2-layers' }]);
  });

  it('of the connection join the running job again', () => {
    const flow = haveImages(aligned());
    flow.effects();
    const jobs = [{ jobId: 'job-layers', kind: 'transfer', state: 'running' }] as const;
    flow.do({ type: 'disconnected' }, { ...CONNECTED, jobs: [...jobs] });
    expect(startedJobs(flow)).toMatchObject([{ jobId: 'job-layers' }]);
  });

  it('of a frame that was deleted return to the picks', () => {
    const flow = picked().do({ type: 'pick.after', frame: frameSummary('t') }, { type: 'start', jobId: 'job' });
    const problem = { message: 'A selected frame was deleted.', hint: 'Choose the frames again.' };
    flow.do({ type: 'main', message: { type: 'export.failed', problem } });
    expect(flow.flow.state).toEqual({ name: 'pick', problem });
  });
});

describe('placing beside the frames', () => {
  const summary = { created: 1, updated: 0, notes: 0, skipped: [] };

  it('sends the second version below the first as it is seen, and can be undone', () => {
    const flow = compared();
    flow.effects();
    flow.do({ type: 'align.place', picture: 'overlay', opacity: 0.3 });
    expect(toMain(flow)).toEqual([
      {
        ...{ type: 'comparison.place', sourceId: 's', afterId: 't', picture: 'overlay' },
        images: [
          { png: AFTER_PNG, opacity: 1 },
          { png: new Uint8Array([1, 2]), opacity: 0.3 },
        ],
      },
    ]);
    flow.do({ type: 'main', message: { type: 'applied', summary } });
    expect(resultOf(flow)).toMatchObject({ placing: null, placed: { picture: 'overlay', undo: 'available' } });
    flow.do({ type: 'undo' }, { type: 'main', message: { type: 'undone' } });
    expect(resultOf(flow).placed?.undo).toBe('done');
  });

  it('says why nothing was placed', () => {
    const flow = compared().do({ type: 'align.place', picture: 'residual', opacity: 1 });
    const reason = 'The frame after the change was deleted.';
    const skipped = [{ targetId: 't', itemId: 'i', reason }];
    flow.do({ type: 'main', message: { type: 'applied', summary: { ...summary, created: 0, skipped } } });
    expect(resultOf(flow)).toMatchObject({ placing: null, placed: null, problem: { message: reason } });
  });
});
