import type { Placement } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import type { Command, ExportedFrame, ExportedItem, SelectedLayer } from '../../../../src/shared/messages.js';
import { reduceFlow } from '../../../../src/ui/flow/flow.js';
import { groupsOf, startPreview } from '../../../../src/ui/flow/preview/preview.js';
import { groupState, isIncluded } from '../../../../src/ui/flow/preview/preview-choices.js';
import { candidatesOf, selectedCandidate } from '../../../../src/ui/flow/preview/preview-correction.js';
import { previewItems } from '../../../../src/ui/flow/preview/preview-items.js';
import type { PreviewRow } from '../../../../src/ui/flow/preview/preview-rows.js';
import type { PreviewState } from '../../../../src/ui/flow/preview/preview-state.js';
import { hashFrame } from '../../../../src/ui/flow/request.js';
import { type Flow, type FlowEvent, INITIAL_FLOW, type Run } from '../../../../src/ui/flow/state.js';
import { exportedFrame, frameSummary, layer, layerItem, layerPlacement, resultFor } from '../../fixtures.js';

const BOX = { x: 300, y: 10, w: 60, h: 20 };
const FRAME_BOX = { x: 0, y: 0, w: 400, h: 300 };

/** A target `t` with a header that holds a button and a group. */
const TARGET: ExportedFrame = exportedFrame('t', [
  { ...layer('t', FRAME_BOX), name: 'Target' },
  { ...layer('t-header', { x: 0, y: 0, w: 400, h: 60 }), parentId: 't', name: 'Header' },
  { ...layer('t-button', BOX), parentId: 't-header', name: 'Button' },
  {
    ...layer('t-group', { x: 20, y: 10, w: 40, h: 40 }),
    parentId: 't-header',
    name: 'Icons',
    type: 'GROUP',
    candidate: false,
  },
]);

const ITEMS: ExportedItem[] = ['sure', 'doubtful', 'note', 'none'].map((id) => layerItem(id, 's-a'));
const PLACEMENTS: Placement[] = [
  layerPlacement('sure', 0.9, { layerId: 't-button', box: BOX }),
  layerPlacement('doubtful', 0.6, { layerId: 't-header', box: null }),
  layerPlacement('note', 0.8, { layerId: null, box: BOX }),
  layerPlacement('none', 0.1, { layerId: null, box: null }),
];

interface Setup {
  target?: ExportedFrame;
  items?: ExportedItem[];
  placements?: Placement[];
  command?: Command;
}

/** The flow in the preview of a transfer from `s` to the target. */
function start({ target = TARGET, items = ITEMS, placements = PLACEMENTS, command }: Setup = {}): Flow {
  const run: Run = {
    jobId: 'job',
    frames: [exportedFrame('s', [layer('s-a', { x: 100, y: 100, w: 100, h: 50 })]), target].map(hashFrame),
    failed: [],
    items,
    notices: [],
    finished: [],
    after: null,
  };
  const picks = { ...INITIAL_FLOW.picks, source: frameSummary('s', 4), targets: [frameSummary('t')] };
  const flow = { ...INITIAL_FLOW, picks, command: command ?? INITIAL_FLOW.command };
  return startPreview(flow, run, resultFor('t', placements)).flow;
}

function after(flow: Flow, ...events: FlowEvent[]): Flow {
  return events.reduce((current, event) => reduceFlow(current, event).flow, flow);
}

function previewOf({ state }: Flow): PreviewState {
  if (state.name !== 'preview') throw new Error(`The state is ${state.name}.`);
  return state;
}

function rowsOf(flow: Flow): readonly PreviewRow[] {
  return groupsOf(flow, previewOf(flow)).flatMap(({ rows }) => rows);
}

function rowOf(flow: Flow, itemId: string): PreviewRow {
  const row = rowsOf(flow).find(({ item }) => item.itemId === itemId);
  if (row === undefined) throw new Error(`no row ${itemId}`);
  return row;
}

function included(flow: Flow): string[] {
  return rowsOf(flow).flatMap((row) => (isIncluded(previewOf(flow), row) ? [row.item.itemId] : []));
}

/** The placements that Apply sends. */
function applied(flow: Flow): Placement[] {
  const [effect] = reduceFlow(flow, { type: 'apply' }).effects;
  if (effect?.type !== 'main' || effect.message.type !== 'apply') return [];
  return effect.message.accepted.map(({ placement }) => placement);
}

function threshold(value: number): FlowEvent {
  return { type: 'preferences', preferences: { threshold: value } };
}

describe('what is included', () => {
  it('reaches the threshold, whether it is placed on a layer or becomes a note', () => {
    expect(included(start())).toEqual(['sure', 'doubtful', 'note']);
  });

  it('follows the threshold until the designer decides, and the threshold is stored', () => {
    const flow = after(start(), { type: 'include', keys: ['t doubtful'], on: true });
    const { flow: raised, effects } = reduceFlow(flow, threshold(0.95));
    expect(included(raised)).toEqual(['doubtful']);
    expect(effects).toEqual([
      { type: 'main', message: { type: 'preferences.save', preferences: { ...flow.preferences, threshold: 0.95 } } },
    ]);
    expect(included(after(start(), threshold(0.7)))).toEqual(['sure', 'note']);
  });

  it('is never a row without a place', () => {
    expect(included(after(start(), { type: 'include', keys: ['t none'], on: true }))).not.toContain('none');
  });

  it('starts with the preferred threshold', () => {
    const { flow } = reduceFlow(INITIAL_FLOW, threshold(0.2));
    const { run, result } = previewOf(start());
    expect(startPreview(flow, run, result).flow.state).toMatchObject({ threshold: 0.2 });
  });
});

describe('an annotation that someone has changed since the last run', () => {
  const flow = start({ target: { ...TARGET, changed: [{ itemId: 'sure', text: 'New words' }] } });

  it('is a conflict, and stays as it is until the designer decides', () => {
    expect(rowOf(flow, 'sure').changedTo).toBe('New words');
    expect(included(flow)).toEqual(['doubtful', 'note']);
    expect(included(after(flow, { type: 'include', keys: ['t sure'], on: true }))).toContain('sure');
  });

  it('is not switched with its group', () => {
    expect(groupState(previewOf(flow), rowsOf(flow))).toBe(true);
  });
});

describe('a group', () => {
  it.each([
    [[], ['t note'], 'mixed'],
    [['t note'], [], true],
    [[], ['t sure', 't doubtful', 't note'], false],
  ] as const)('with %j on and %j off is %s', (on, off, expected) => {
    const flow = after(start(), { type: 'include', keys: on, on: true }, { type: 'include', keys: off, on: false });
    expect(groupState(previewOf(flow), rowsOf(flow))).toBe(expected);
  });

  it('without a place cannot be switched', () => {
    const flow = start({ items: ITEMS.slice(3) });
    expect(groupState(previewOf(flow), rowsOf(flow))).toBeNull();
  });
});

describe('the list', () => {
  const changed = { ...TARGET, changed: [{ itemId: 'sure', text: 'New words' }] };
  const shown = (...events: FlowEvent[]) => {
    const flow = after(start({ target: changed }), ...events);
    return previewItems(groupsOf(flow, previewOf(flow)), [], previewOf(flow)).map(({ key }) => key);
  };

  it.each([
    ['all', ['t', 't sure', 't doubtful', 't note', 't none']],
    ['doubtful', ['t', 't doubtful']],
    ['conflicts', ['t', 't sure']],
    ['missing', ['t', 't note', 't none']],
  ] as const)('shows %s rows', (filter, expected) => {
    expect(shown({ type: 'preview.filter', filter })).toEqual(expected);
  });

  it('opens a correction below its row, and closes it with another filter', () => {
    const correcting = { type: 'preview.correcting', key: 't note' } as const;
    expect(shown(correcting)).toContain('correction t note');
    expect(shown(correcting, { type: 'preview.filter', filter: 'missing' })).not.toContain('correction t note');
  });
});

describe('the place', () => {
  it.each([
    ['sure', { layer: 'Button', path: ['Header'], position: 'top right' }],
    ['doubtful', { layer: 'Header', path: [], position: 'top' }],
    ['note', { layer: 'Button', path: ['Header'], position: 'top right' }],
    ['none', null],
  ])('of %s', (itemId, expected) => {
    expect(rowOf(start(), itemId).place).toEqual(expected);
  });
});

describe('a correction', () => {
  const runnersUp = [{ layerId: 't-header', confidence: 0.3 }];
  const flow = start({
    placements: PLACEMENTS.map((placement): Placement => {
      return placement.kind === 'layer' ? { ...placement, runnersUp } : placement;
    }),
  });
  const correct = (itemId: string, layerId: string | null): FlowEvent => {
    return { type: 'preview.correct', key: `t ${itemId}`, layerId };
  };
  const select = (...layers: SelectedLayer[]): Flow => ({ ...flow, selection: { ...flow.selection, layers } });
  const selected = (nodeId: string, name: string): SelectedLayer => {
    return { nodeId, name, type: 'FRAME', frameId: 't', ancestorIds: ['t'] };
  };

  it('offers the match and its runners-up', () => {
    const candidates = candidatesOf(previewOf(flow), rowOf(flow, 'sure'));
    expect(candidates.map(({ name, confidence, isCurrent }) => [name, confidence, isCurrent])).toEqual([
      ['Button', 0.9, true],
      ['Header', 0.3, false],
    ]);
  });

  it('goes to Apply with its layer and box, and is included whatever the threshold was', () => {
    const corrected = after(flow, threshold(0.99), correct('none', 't-header'));
    expect(rowOf(corrected, 'none')).toMatchObject({ isCorrected: true, outcome: 'place', confidence: 1 });
    expect(applied(corrected)).toEqual([
      {
        kind: 'layer',
        itemId: 'none',
        layerId: 't-header',
        box: TARGET.layers[1]?.box,
        confidence: 1,
        evidence: { image: 0.1 },
      },
    ]);
  });

  it('is taken back by choosing the match again', () => {
    const again = after(flow, correct('sure', 't-header'), correct('sure', 't-button'));
    expect(rowOf(again, 'sure')).toMatchObject({ isCorrected: false, confidence: 0.9 });
  });

  it('can be no layer, so that a note is offered, but off', () => {
    const corrected = after(flow, correct('sure', null));
    expect(rowOf(corrected, 'sure')).toMatchObject({ isCorrected: true, outcome: 'note' });
    expect(included(corrected)).not.toContain('sure');
  });

  it('ignores a layer that the target does not have', () => {
    expect(after(flow, correct('sure', 'x'))).toBe(flow);
  });

  it.each([
    [[], 'Or select the right layer in “Frame t” on the canvas.'],
    [[selected('t-button', 'Button'), selected('t-header', 'Header')], 'Select one layer only in “Frame t”.'],
    [[selected('t-button', 'Button')], { layerId: 't-button', label: 'Use selected layer “Button”' }],
    [[selected('t-group', 'Icons')], '“Icons” is a group, which can’t have annotations. Select a layer in it.'],
    [[selected('t-new', 'New')], '“New” is new or hidden. Start again to include it.'],
    [
      [{ ...selected('u-a', 'Other'), ancestorIds: ['u'] }],
      '“Other” isn’t in “Frame t”. Select a layer in that frame.',
    ],
  ])('by the selection %j', (layers, expected) => {
    expect(selectedCandidate(select(...layers), rowOf(flow, 'sure'))).toEqual(expected);
  });
});

describe('after Back, the next preview of the same source', () => {
  const decided = after(
    start(),
    { type: 'include', keys: ['t sure'], on: false },
    { type: 'preview.correct', key: 't none', layerId: 't-header' },
    { type: 'back' },
  );
  const again = (placements = PLACEMENTS, flow = decided) => {
    const { run, result } = previewOf(start({ placements }));
    return startPreview(flow, run, result).flow;
  };

  it('keeps what the designer chose and corrected, and says so', () => {
    expect(included(again())).toEqual(['doubtful', 'note', 'none']);
    expect(previewOf(again()).run.notices).toEqual(['What you chose before is kept.']);
  });

  it('forgets choices about rows that go elsewhere now', () => {
    const moved = [layerPlacement('sure', 0.9, { layerId: 't-header', box: BOX }), ...PLACEMENTS.slice(1)];
    expect(included(again(moved))).toContain('sure');
  });

  it('of another source starts anew', () => {
    const picks = { ...decided.picks, source: frameSummary('other') };
    expect(previewOf(again(PLACEMENTS, { ...decided, picks })).choices.size).toBe(0);
  });
});

describe('the correction of a layer that is copied', () => {
  const box = { x: 180, y: 90, w: 40, h: 20 };
  const items: ExportedItem[] = [{ item: { kind: 'overlay', itemId: 'o', box }, label: 'Sticker', detail: 'frame' }];
  const placements: Placement[] = [
    {
      ...{ kind: 'overlay', itemId: 'o', confidence: 0.3, evidence: { image: 0.3 } },
      ...{ transform: { a: 2, b: 0, c: 0, d: 2, e: 5, f: 5 }, inliers: 1, samples: 2, residualPx: 0 },
    },
  ];
  const flow = start({ items, placements, command: 'transfer-layers' });

  it('keeps its place relative to the layer that it lies on, and its scale', () => {
    const corrected = after(flow, { type: 'preview.correct', key: 't o', layerId: 't-button' });
    // its centre is at the right edge of `s-a`, at the top
    expect(rowOf(corrected, 'o').targetBox).toEqual({ x: 360 - 40, y: 10 - 20, w: 80, h: 40 });
    expect(applied(corrected)).toMatchObject([{ kind: 'overlay', confidence: 1 }]);
  });

  it('names both layers', () => {
    const layers = [{ nodeId: 't-group', name: 'Icons', type: 'GROUP', frameId: 't', ancestorIds: ['t'] }];
    const selecting = { ...flow, selection: { ...flow.selection, layers } };
    expect(selectedCandidate(selecting, rowOf(flow, 'o'))).toEqual({
      layerId: 't-group',
      label: 'Place on “Icons” as on “Layer s-a”',
    });
  });

  it('offers no runners-up', () => {
    expect(candidatesOf(previewOf(flow), rowOf(flow, 'o'))).toEqual([]);
  });
});

describe('layers for a main component', () => {
  const target = { ...TARGET, mainComponent: 'Card' };
  const intoComponents = (flow: Flow) => {
    const [effect] = reduceFlow(flow, { type: 'apply' }).effects;
    return effect?.type === 'main' && effect.message.type === 'apply' ? (effect.message.intoComponents ?? []) : null;
  };

  it('are placed in it only after that choice', () => {
    const flow = start({ target, command: 'transfer-layers' });
    expect(intoComponents(flow)).toEqual([]);
    const chosen = after(flow, { type: 'preview.into-component', targetId: 't', on: true });
    expect(intoComponents(chosen)).toEqual(['t']);
    expect(intoComponents(after(chosen, { type: 'preview.into-component', targetId: 't', on: false }))).toEqual([]);
  });
});
