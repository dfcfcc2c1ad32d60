import type { TrackResult } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { DEFAULT_TRACKING, type ExportedRegion, type TrackChoices } from '../../../../src/shared/tracking.js';
import { hashFrame } from '../../../../src/ui/flow/request.js';
import type { FlowEvent } from '../../../../src/ui/flow/state.js';
import { labelSummaries, lostSentence } from '../../../../src/ui/flow/track/track-preview.js';
import type { FlatRegions, TrackedFrame, TrackLabel, TrackStep } from '../../../../src/ui/flow/track/track-state.js';
import { exportedFrame, failure, frameSummary, UI_BACKEND } from '../../fixtures.js';
import { CONNECTED, Driver, session } from '../driver.js';

/** The annotated frame is the second of the sequence. */
const IDS = ['s', 'a', 'b', 'c'];
const PLACES = { a: 0, s: 500, b: 1000, c: 1500 } as Record<string, number>;
const REGIONS = ['van', 'sign'].map((nodeId) => ({ nodeId, name: nodeId, type: 'VECTOR' }));
const EXPORTED_REGIONS = REGIONS.map(({ nodeId, name }): ExportedRegion => {
  const transform = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };
  return {
    nodeId,
    name,
    shape: { kind: 'paths', paths: [{ data: 'M 0 0 L 9 0 L 9 9 Z', evenOdd: false }], transform },
  };
});
const LABELS = REGIONS.map(({ nodeId, name }, n): TrackLabel => {
  return { regionId: nodeId, name, colour: `#ff000${n}`, box: { x: 0, y: 0, w: 9, h: 9 }, centre: { x: 40, y: 30 } };
});

function picked(tracking: Partial<TrackChoices> = {}): Driver {
  const [source = null, ...targets] = IDS.map((id) => ({ ...frameSummary(id), x: PLACES[id] ?? 0, y: 0 }));
  const picks = { source, targets, overlays: REGIONS };
  const opened = session('track-frames', { picks, tracking: { ...DEFAULT_TRACKING, ...tracking } });
  return new Driver().do(opened, CONNECTED);
}

const main = (message: Extract<FlowEvent, { type: 'main' }>['message']): FlowEvent => ({ type: 'main', message });
const daemon = (message: Extract<FlowEvent, { type: 'daemon' }>['message'], payload?: Uint8Array): FlowEvent => {
  return { type: 'daemon', message, ...(payload === undefined ? {} : { payload }) };
};

function exported(ids = IDS): FlowEvent[] {
  return [
    ...ids.map((id, n) => main({ type: 'export.frame', frame: exportedFrame(id, []), done: n + 1, total: IDS.length })),
    main({ type: 'export.done', items: [], notices: ['a notice'], regions: EXPORTED_REGIONS }),
  ];
}

/** What the UI draws for the frames of a run. */
function flattened(ids = ['a', 's', 'b', 'c'], rest: Partial<FlatRegions> = {}): FlowEvent {
  const mask = { imageId: 'e'.repeat(64), png: new Uint8Array([7]), width: 400, height: 300 };
  const frames = ids.map((id) => hashFrame(exportedFrame(id, [])));
  return { type: 'track.flattened', jobId: 'j', flat: { labels: LABELS, mask, frames, notices: [], ...rest } };
}

/** Until the job runs. */
function running(tracking: Partial<TrackChoices> = {}): Driver {
  const flow = picked(tracking).do({ type: 'start', jobId: 'j' }, ...exported(), flattened());
  const offered = flow.effects().flatMap((effect) => {
    return effect.type === 'daemon' && effect.message.type === 'image.offer' ? [effect.message.imageId] : [];
  });
  return flow.do(...offered.map((imageId) => daemon({ type: 'image.have', imageId })));
}

const RESULT: TrackResult = {
  kind: 'track',
  tracked: {
    kind: 'mask',
    labels: [1, 2],
    frames: [
      { state: 'tracked', pngBytes: 1, confidences: [0.9, 0.8] },
      { state: 'tracked', pngBytes: 2, confidences: [1, 1] },
      { state: 'failed', imageId: 'f'.repeat(64), error: failure('IMAGE_UNREADABLE') },
      { state: 'tracked', pngBytes: 1, confidences: [0.3, null] },
    ],
  },
};
const FINISHED = daemon({ type: 'job.result', jobId: 'j', result: RESULT }, new Uint8Array([1, 2, 3, 4]));

const found = (regionId: string, confidence: number) => ({
  ...{ regionId, confidence, box: { x: 0, y: 0, w: 9, h: 9 } },
  mark: { regionId, name: regionId, colour: '#ff0000', shape: { kind: 'outline', outline: [] } } as const,
});
const lost = (regionId: string) => ({ regionId, confidence: 0, box: null, mark: null });
const TRACED: TrackedFrame[] = [
  { targetId: 'a', regions: [found('van', 0.9), found('sign', 0.8)] },
  { targetId: 's', regions: [found('van', 1), found('sign', 1)] },
  { targetId: 'c', regions: [found('van', 0.3), lost('sign')] },
];

function stepOf({ flow }: Driver): TrackStep {
  if (flow.state.name !== 'track') throw new Error(`the state is ${flow.state.name}`);
  return flow.state.track;
}

const previewed = () => running().do(FINISHED, { type: 'track.traced', jobId: 'j', frames: TRACED });
const previewOf = (flow: Driver) => {
  const step = stepOf(flow);
  if (step.step !== 'preview') throw new Error(`the step is ${step.step}`);
  return step;
};

describe('tracking through frames', () => {
  it('exports the frames and regions, and flattens the regions in the order of the sequence', () => {
    const flow = picked().do({ type: 'start', jobId: 'j' });
    const [message] = flow
      .effects()
      .flatMap((effect) => (effect.type === 'main' ? [effect.message] : []))
      .slice(-1);
    expect(message).toMatchObject({ type: 'export.start', sourceId: 's', overlayIds: ['van', 'sign'] });
    flow.do(...exported());
    const step = stepOf(flow);
    expect(step.step === 'flattening' ? step.run.frames.map(({ nodeId }) => nodeId) : []).toEqual(['a', 's', 'b', 'c']);
  });

  it('sends a mask of the labels, and says which of the frames is annotated', () => {
    const [start] = running()
      .effects()
      .flatMap((effect) => (effect.type === 'daemon' ? [effect.message] : []));
    expect(start).toMatchObject({
      type: 'job.start',
      request: {
        kind: 'track',
        backend: UI_BACKEND.id,
        annotated: 1,
        labels: { kind: 'mask', imageId: 'e'.repeat(64) },
      },
    });
  });

  it('cuts the payload into the masks of the frames that were tracked', () => {
    const flow = running();
    flow.effects();
    flow.do(FINISHED);
    const [trace] = flow.effects().filter((effect) => effect.type === 'track.trace');
    expect(trace).toMatchObject({
      masks: [
        { targetId: 'a', png: new Uint8Array([1]), confidences: [0.9, 0.8] },
        { targetId: 's', png: new Uint8Array([2, 3]) },
        { targetId: 'c', png: new Uint8Array([4]), confidences: [0.3, null] },
      ],
    });
  });

  it('previews what was found, with doubtful regions off, and names the frame that failed', () => {
    const preview = previewOf(previewed());
    expect([...preview.included]).toEqual(['a van', 'a sign']);
    expect(preview.run.failed).toMatchObject([{ nodeId: 'b', problem: { hint: expect.stringMatching(/^Run again/) } }]);
    expect(preview.run.notices).toEqual(['a notice']);
  });

  it('says in words where a label is lost', () => {
    const [van, sign] = labelSummaries(previewOf(previewed()));
    expect(van === undefined ? '' : lostSentence(van)).toBeNull();
    expect(sign === undefined ? '' : lostSentence(sign)).toBe('“sign” is lost in “Frame c”.');
    const label = LABELS[0] ?? sign?.label;
    if (label === undefined) throw new Error('no label');
    const lostIn = ['One', 'Two', 'Three'];
    expect(lostSentence({ label, found: ['k'], lostIn })).toBe('“van” is lost in “One” and 2 other frames.');
    expect(lostSentence({ label, found: ['k'], lostIn: lostIn.slice(1) })).toBe('“van” is lost in “Two” and “Three”.');
    expect(lostSentence({ label, found: [], lostIn })).toBe('“van” is lost in all frames.');
  });

  it('writes only what is included, never into the annotated frame, and remembers the order', () => {
    const flow = previewed().do(
      { type: 'include', keys: ['a sign'], on: false },
      { type: 'include', keys: ['c van'], on: true },
    );
    flow.effects();
    flow.do({ type: 'apply' });
    const [message] = flow.effects().flatMap((effect) => (effect.type === 'main' ? [effect.message] : []));
    expect(message).toMatchObject({
      ...{ type: 'track.apply', sourceId: 's', tracking: { hand: ['a', 's', 'b', 'c'], order: 'position' } },
      targets: [
        { targetId: 'a', marks: [{ regionId: 'van' }] },
        { targetId: 'c', marks: [{ regionId: 'van' }] },
      ],
    });
    flow.do(main({ type: 'applied', summary: { created: 2, updated: 0, notes: 0, skipped: [] } }));
    expect(stepOf(flow)).toMatchObject({ step: 'done', undo: 'available' });
    flow.do({ type: 'undo' }, main({ type: 'undone' }), { type: 'back' });
    expect(stepOf(flow).step).toBe('preview');
  });

  it('tracks the middle of each region for points, without a mask', () => {
    const flow = running({ output: 'points' });
    const [start] = flow.effects().flatMap((effect) => (effect.type === 'daemon' ? [effect.message] : []));
    expect(start).toMatchObject({
      request: {
        labels: {
          kind: 'points',
          points: [
            { x: 40, y: 30 },
            { x: 40, y: 30 },
          ],
        },
      },
    });
    const at = { point: { x: 200, y: 75 }, confidence: 0.7 };
    const none = { point: null, confidence: 0.05 };
    const gone = { state: 'failed', imageId: 'f'.repeat(64), error: failure('IMAGE_UNREADABLE') } as const;
    const result: TrackResult = {
      kind: 'track',
      tracked: { kind: 'points', frames: [[at, none], [at, at], gone, [none, at]] },
    };
    const preview = previewOf(flow.do(daemon({ type: 'job.result', jobId: 'j', result })));
    expect([...preview.included]).toEqual(['a van', 'c sign']);
    // in fractions of the frame's size
    expect(preview.frames[0]?.regions[0]?.mark?.shape).toEqual({ kind: 'point', point: { x: 0.5, y: 0.25 } });
    expect(preview.run.failed.map(({ nodeId }) => nodeId)).toEqual(['b']);
  });
});

describe('when tracking cannot go on', () => {
  it.each([
    ['the annotated frame is gone', ['a', 'b'], /annotated frame was not exported/],
    ['no other frame is left', ['s'], /None of the other frames/],
  ])('%s: the picks say so', (_, ids, message) => {
    const flow = picked().do({ type: 'start', jobId: 'j' }, ...exported(ids));
    expect(flow.flow.state).toMatchObject({ name: 'pick', problem: { message: expect.stringMatching(message) } });
  });

  it('regions that all lie outside of the frame are named, and nothing is sent', () => {
    const notices = ['“van” is left out: it lies outside of the annotated frame, or is too thin.'];
    const flow = picked().do(
      { type: 'start', jobId: 'j' },
      ...exported(),
      flattened(undefined, { labels: [], notices }),
    );
    expect(flow.flow.state).toMatchObject({ name: 'pick', problem: { message: notices[0] } });
    expect(flow.toDaemon()).toEqual([]);
  });

  it('the daemon stops: after a reconnect the job is joined, or sent again under its id', () => {
    const flow = running();
    flow.effects();
    flow.do({ type: 'disconnected' }, { ...CONNECTED, jobs: [{ jobId: 'j', state: 'running' }] });
    expect(flow.toDaemon()).toEqual(['job.start']);
    flow.do({ type: 'disconnected' }, CONNECTED);
    expect(new Set(flow.toDaemon())).toEqual(new Set(['image.offer']));
  });

  it('a failed job has a screen with a retry under another id', () => {
    const flow = running().do(daemon({ type: 'job.failed', jobId: 'j', error: failure('GPU_OUT_OF_MEMORY') }));
    expect(stepOf(flow)).toMatchObject({ step: 'failed', error: { code: 'GPU_OUT_OF_MEMORY' } });
    flow.do({ type: 'retry' });
    expect(stepOf(flow)).toMatchObject({ step: 'tracking', run: { jobId: 'j.2' } });
  });

  it('cancel returns to the picks from every step, and drawings of a cancelled run are ignored', () => {
    const flattening = picked().do({ type: 'start', jobId: 'j' }, ...exported(), { type: 'cancel' });
    expect(flattening.state).toBe('pick');
    expect(flattening.do(flattened()).state).toBe('pick');
    const tracking = running();
    tracking.effects();
    expect(tracking.do({ type: 'cancel' }).toDaemon()).toEqual(['job.cancel']);
    expect(running().do(FINISHED, { type: 'cancel' }).state).toBe('pick');
  });

  it('frames that cannot be drawn lead back to the picks with a sentence', () => {
    const flow = running().do(FINISHED, { type: 'track.undrawable', jobId: 'j' });
    expect(flow.flow.state).toMatchObject({
      name: 'pick',
      problem: { message: expect.stringMatching(/can’t be drawn/) },
    });
  });

  it('a rejected write returns to the unchanged preview', () => {
    const problem = { message: 'No.', hint: 'Again.' };
    const flow = previewed().do({ type: 'apply' }, main({ type: 'apply.failed', problem }));
    expect(previewOf(flow)).toMatchObject({ problem, included: new Set(['a van', 'a sign']) });
  });

  it('a closed window resumes the same job with the same choices', () => {
    const flow = picked({ order: 'name' }).do({ type: 'start', jobId: 'j' });
    const [saved] = flow.effects().flatMap((effect) => {
      return effect.type === 'main' && effect.message.type === 'pending.save' ? [effect.message.pending] : [];
    });
    expect(saved).toMatchObject({
      jobId: 'j',
      command: 'track-frames',
      tracking: { order: 'name' },
      overlayIds: ['van', 'sign'],
    });
  });
});
