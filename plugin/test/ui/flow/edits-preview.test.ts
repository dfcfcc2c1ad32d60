import { describe, expect, it } from 'vitest';
import type { Design } from '../../../src/shared/design.js';
import type { SelectedLayer } from '../../../src/shared/messages.js';
import type { AppliedRecord } from '../../../src/shared/operation.js';
import { choiceOf, groupChoice, includedCount } from '../../../src/ui/flow/edits/edits-choices.js';
import { candidatesOf, selectedCandidate } from '../../../src/ui/flow/edits/edits-correction.js';
import { editsItems } from '../../../src/ui/flow/edits/edits-items.js';
import { startEdits } from '../../../src/ui/flow/edits/edits-preview.js';
import { type EditRow, editRows } from '../../../src/ui/flow/edits/edits-rows.js';
import type { EditsPreview } from '../../../src/ui/flow/edits/edits-state.js';
import { shownChange } from '../../../src/ui/flow/edits/edits-values.js';
import { reduceFlow } from '../../../src/ui/flow/flow.js';
import { hashFrame } from '../../../src/ui/flow/request.js';
import { type Flow, type FlowEvent, INITIAL_FLOW, type Run } from '../../../src/ui/flow/state.js';
import { BASE, EDIT_ITEMS, editPlacements, editResult, OURS, screen } from '../edit-frames.js';
import { exportedFrame, frameSummary } from '../fixtures.js';

type Placements = ReturnType<typeof editPlacements>;

/** The flow in the preview of edits from `s` to these targets. */
function start(
  targets: { [id: string]: [design: Design, placements: Placements] },
  ours: Design = OURS,
  applied: AppliedRecord[] = [],
  left: Flow['left'] = null,
): Flow {
  const ids = Object.keys(targets);
  const frame = (nodeId: string, design: Design) =>
    hashFrame({ ...exportedFrame(nodeId), edits: { design, applied, warnings: [] } });
  const run: Run = {
    jobId: 'job',
    frames: [frame('s', BASE), ...Object.entries(targets).map(([id, [design]]) => frame(id, design))],
    failed: [],
    items: EDIT_ITEMS,
    notices: [],
    finished: [],
    after: ours,
  };
  const picks = { ...INITIAL_FLOW.picks, source: frameSummary('s'), targets: ids.map((id) => frameSummary(id)) };
  const result = editResult(
    Object.fromEntries(Object.entries(targets).map(([id, [, placements]]) => [id, placements])),
  );
  return startEdits({ ...INITIAL_FLOW, command: 'transfer-edits', picks, left }, run, result).flow;
}

function previewOf({ state }: Flow): EditsPreview {
  if (state.name !== 'edits') throw new Error(`The state is ${state.name}.`);
  return state;
}

function rowsOf(flow: Flow): EditRow[] {
  return [...editRows(previewOf(flow)).byKey.values()];
}

/** The row of a label's edit in a target. */
function rowOf(flow: Flow, targetId: string, label: string): EditRow {
  const found = rowsOf(flow).find((row) => row.target.frame.nodeId === targetId && row.label === label);
  if (found === undefined) throw new Error(`No row “${label}”: ${rowsOf(flow).map((row) => row.label)}`);
  return found;
}

function choice(flow: Flow, row: EditRow) {
  return choiceOf(previewOf(flow), previewOf(flow), row);
}

function after(flow: Flow, ...events: FlowEvent[]): Flow {
  return events.reduce((current, event) => reduceFlow(current, event).flow, flow);
}

/** The operations that Apply sends, by target. */
function applied(flow: Flow) {
  const [effect] = reduceFlow(flow, { type: 'apply' }).effects;
  if (effect?.type !== 'main' || effect.message.type !== 'edits.apply') return null;
  return Object.fromEntries(effect.message.targets.map(({ targetId, operations }) => [targetId, operations]));
}

const LIKE_BASE: [Design, Placements] = [screen('t'), editPlacements('t')];
const GERMAN: [Design, Placements] = [screen('g', { label: 'Kaufen' }), editPlacements('g')];
const DARK: [Design, Placements] = [screen('d', { button: '#4F8CFF' }), editPlacements('d')];
const LABEL = 'Button label';
const FILL = 'Button: Fill';

describe('the rows', () => {
  it('groups by edit over all targets, conflicts in groups of their own', () => {
    const flow = start({ t: LIKE_BASE, g: GERMAN });
    const groups = editRows(previewOf(flow)).byEdit.map(({ kind, title, rows }) => [kind, title, rows.length]);
    expect(groups).toContainEqual(['change', LABEL, 1]);
    expect(groups).toContainEqual(['conflict', LABEL, 1]);
    expect(groups).toContainEqual(['change', FILL, 2]);
    expect(groups).toContainEqual(['change', 'Add Badge', 2]);
  });

  it('includes changes and leaves conflicts as they are', () => {
    const flow = start({ g: GERMAN });
    expect(choice(flow, rowOf(flow, 'g', FILL))).toBe('ours');
    expect(choice(flow, rowOf(flow, 'g', LABEL))).toBe('off');
  });

  it('cannot be made of designs that do not merge: the picks say so', () => {
    const broken: Design = {
      ...OURS,
      get layers(): Design['layers'] {
        throw new Error('no layers');
      },
    };
    expect(start({ t: LIKE_BASE }, broken).state).toMatchObject({
      name: 'pick',
      problem: { message: 'The edits can’t be merged: no layers.' },
    });
  });

  it('lists edits of layers without a counterpart, which cannot be included', () => {
    const flow = start({ t: [screen('t'), editPlacements('t', { label: { layerId: null, confidence: 0.1 } })] });
    const row = rowOf(flow, 't', LABEL);
    const forced = after(flow, { type: 'edits.choose', keys: [row.key], choice: 'ours' });
    expect(row.kind).toBe('missing');
    expect(choice(forced, row)).toBe('off');
  });

  it('counts what is already so, without rows', () => {
    const flow = start({ t: [screen('t', { label: 'Add to cart' }), editPlacements('t')], g: GERMAN });
    const { alreadySo } = editRows(previewOf(flow));
    expect(alreadySo).toEqual({ edits: 1, frames: 1 });
    expect(rowsOf(flow).some((row) => row.target.frame.nodeId === 't' && row.label === LABEL)).toBe(false);
  });

  it('offers what the source took back in a group of its own, which is off', () => {
    const written: AppliedRecord = {
      ...{ sourceLayerId: 's-label', layerId: 't-label', what: 'characters' },
      ...{ source: '"Add to cart"', written: '"Add to cart"' },
    };
    const flow = start({ t: [screen('t', { label: 'Add to cart' }), editPlacements('t')] }, BASE, [written]);
    const [row] = rowsOf(flow);
    expect(editRows(previewOf(flow)).byEdit.map(({ kind, title }) => [kind, title])).toEqual([['taken-back', LABEL]]);
    expect(applied(flow)).toBeNull();
    const chosen = after(flow, { type: 'edits.choose', keys: [row?.key ?? ''], choice: 'ours' });
    expect(applied(chosen)).toMatchObject({ t: [{ write: { layerId: 't-label', after: 'Buy' } }] });
  });

  it('stays the same objects while only choices change', () => {
    const flow = start({ t: LIKE_BASE });
    const chosen = after(flow, { type: 'edits.choose', keys: [rowOf(flow, 't', FILL).key], choice: 'off' });
    expect(editRows(previewOf(chosen))).toBe(editRows(previewOf(flow)));
  });

  it('shows the values of the target', () => {
    const flow = start({ d: DARK });
    const row = rowOf(flow, 'd', FILL);
    if (row.merged.outcome.kind !== 'conflict') throw new Error('The dark button is a conflict.');
    expect(shownChange(previewOf(flow), row, row.merged.outcome.ours)).toEqual({
      before: { colours: ['#4F8CFF'], text: '#4F8CFF' },
      after: { colours: ['#FF5500'], text: '#FF5500' },
    });
  });
});

describe('choices', () => {
  it('follow the threshold until the designer decides', () => {
    const flow = start({
      t: [screen('t'), editPlacements('t', { label: { confidence: 0.6 }, button: { confidence: 0.6 } })],
    });
    const [label, fill] = [rowOf(flow, 't', LABEL), rowOf(flow, 't', FILL)];
    const raised = after(
      flow,
      { type: 'edits.choose', keys: [label.key], choice: 'ours' },
      { type: 'preferences', preferences: { threshold: 0.7 } },
    );
    expect([choice(flow, label), choice(flow, fill)]).toEqual(['ours', 'ours']);
    expect([choice(raised, label), choice(raised, fill)]).toEqual(['ours', 'off']);
  });

  it('remove a layer by default only where its counterpart is sure', () => {
    const removed = screen('s', { hasAvatar: false });
    const target = (confidence: number): [Design, Placements] => [
      screen('t'),
      editPlacements('t', { avatar: { confidence } }),
    ];
    const doubtful = start({ t: target(0.6) }, removed);
    const sure = start({ t: target(0.95) }, removed);
    expect(choice(doubtful, rowOf(doubtful, 't', 'Remove Avatar'))).toBe('off');
    expect(choice(sure, rowOf(sure, 't', 'Remove Avatar'))).toBe('ours');
  });

  it('of a group are mixed while some rows are off', () => {
    const flow = start({ t: LIKE_BASE, g: GERMAN });
    const group = editRows(previewOf(flow)).byEdit.find(({ title }) => title === FILL);
    if (group === undefined) throw new Error('The fill has no group.');
    const state = (current: Flow) => groupChoice(previewOf(current), previewOf(current), group);
    const [first] = group.rows;
    const mixed = after(flow, { type: 'edits.choose', keys: [first?.key ?? ''], choice: 'off' });
    const none = after(flow, { type: 'edits.choose', keys: group.rows.map(({ key }) => key), choice: 'off' });
    expect([state(flow), state(mixed), state(none)]).toEqual([true, 'mixed', false]);
  });
});

describe('Apply', () => {
  it('sends the chosen operations of each target', () => {
    const flow = start({ t: LIKE_BASE, g: GERMAN });
    const sent = applied(flow);
    expect(sent?.t?.map(({ write }) => write.kind)).toContain('add');
    const texts = (id: string) =>
      sent?.[id]?.filter(({ write }) => write.kind === 'set' && write.property === 'characters').length;
    expect([texts('t'), texts('g')]).toEqual([1, 0]);
    expect(Object.values(sent ?? {}).flat()).toHaveLength(includedCount(previewOf(flow), previewOf(flow)));
  });

  it('replaces a conflict only if the designer says so', () => {
    const flow = start({ g: GERMAN });
    const chosen = after(flow, { type: 'edits.choose', keys: [rowOf(flow, 'g', LABEL).key], choice: 'ours' });
    expect(applied(chosen)?.g?.map(({ write }) => write)).toContainEqual({
      kind: 'set',
      layerId: 'g-label',
      property: 'characters',
      before: 'Kaufen',
      after: 'Add to cart',
    });
  });

  it('sends nothing if nothing is chosen', () => {
    const flow = start({ t: LIKE_BASE });
    const none = after(flow, { type: 'edits.choose', keys: rowsOf(flow).map(({ key }) => key), choice: 'off' });
    expect(applied(none)).toBeNull();
    expect(after(none, { type: 'apply' }).state.name).toBe('edits');
  });

  it('ends at the summary, can be undone, and leads back to the same choices', () => {
    const flow = start({ t: LIKE_BASE });
    const chosen = after(flow, { type: 'edits.choose', keys: [rowOf(flow, 't', FILL).key], choice: 'off' });
    const summary = { written: 3, targets: 1, skipped: [] };
    const done = after(chosen, { type: 'apply' }, { type: 'main', message: { type: 'edits.applied', summary } });
    expect(done.state).toMatchObject({ name: 'edits-done', summary, undo: 'available' });
    const undone = after(done, { type: 'undo' }, { type: 'main', message: { type: 'undone' } }, { type: 'back' });
    expect(choice(undone, rowOf(undone, 't', FILL))).toBe('off');
  });

  it('comes back to the preview with the problem if it fails', () => {
    const flow = start({ t: LIKE_BASE });
    const problem = { message: 'A font is missing.', hint: 'Install it.' };
    const failed = after(flow, { type: 'apply' }, { type: 'main', message: { type: 'apply.failed', problem } });
    expect(previewOf(failed).problem).toEqual(problem);
  });

  it('turns off an edit that Figma rejects, and names it', () => {
    const flow = start({ t: LIKE_BASE });
    const { key } = rowOf(flow, 't', FILL);
    const [targetId = '', editId = ''] = key.split(' ');
    const edit = { targetId, editId, reason: 'not here' };
    const message = { type: 'apply.failed', problem: { message: 'All undone.', hint: '' }, edit } as const;
    const failed = after(flow, { type: 'apply' }, { type: 'main', message });
    expect(previewOf(failed).problem?.message).toBe(
      'Figma rejected “Button: Fill” in “Frame t”, and all changes were undone: not here.',
    );
    expect(choice(failed, rowOf(failed, 't', FILL))).toBe('off');
    expect(Object.keys(applied(failed) ?? {})).toEqual(['t']);
  });
});

describe('a preview that was left by Back', () => {
  const again = (flow: Flow, target: [Design, Placements]) => start({ t: target }, OURS, [], flow.left);

  it('is opened again with the same choices, of rows that still do the same', () => {
    const flow = start({ t: LIKE_BASE });
    const keys = [rowOf(flow, 't', FILL).key, rowOf(flow, 't', LABEL).key];
    const left = after(flow, { type: 'edits.choose', keys, choice: 'off' }, { type: 'back' });
    expect(left.state.name).toBe('pick');
    const same = again(left, LIKE_BASE);
    expect(choice(same, rowOf(same, 't', FILL))).toBe('off');
    expect(previewOf(same).run.notices).toEqual(['What you chose before is kept.']);
    const changed = again(left, [screen('t', { button: '#7B61FE' }), editPlacements('t')]);
    expect(previewOf(changed).choices.has(rowOf(changed, 't', FILL).key)).toBe(false);
    expect(choice(changed, rowOf(changed, 't', LABEL))).toBe('off');
  });

  it('is opened again with the corrected counterparts', () => {
    const flow = start({ t: LIKE_BASE });
    const { key } = rowOf(flow, 't', LABEL);
    const left = after(flow, { type: 'preview.correct', key, layerId: 't-title' }, { type: 'back' });
    const same = again(left, LIKE_BASE);
    expect(rowOf(same, 't', LABEL).merged.layerId).toBe('t-title');
  });
});

describe('a corrected counterpart', () => {
  const TWINS: [Design, Placements] = [
    screen('t', { title: 'Buy' }),
    editPlacements('t', {
      label: { layerId: 't-title', confidence: 0.4, runnersUp: [{ layerId: 't-label', confidence: 0.35 }] },
      title: { layerId: null, confidence: 0 },
    }),
  ];

  it('is one of the runners-up, which have names', () => {
    const flow = start({ t: TWINS });
    expect(
      candidatesOf(rowOf(flow, 't', LABEL)).map(({ layerId, name, isCurrent }) => [layerId, name, isCurrent]),
    ).toEqual([
      ['t-title', 'Title', true],
      ['t-label', 'Button label', false],
    ]);
  });

  it('is merged again with full confidence, and keeps the former one as a candidate', () => {
    const flow = start({ t: TWINS });
    const row = rowOf(flow, 't', LABEL);
    expect(choice(flow, row)).toBe('off');
    const corrected = after(flow, { type: 'preview.correct', key: row.key, layerId: 't-label' });
    const again = rowOf(corrected, 't', LABEL);
    expect(again.merged).toMatchObject({ layerId: 't-label', confidence: 1 });
    expect(choice(corrected, again)).toBe('ours');
    expect(candidatesOf(again).map(({ layerId }) => layerId)).toEqual(['t-label', 't-title']);
  });

  it('moves all edits of the same source layer, and leaves other targets alone', () => {
    const ours = screen('s', { label: 'Add to cart', labelFill: '#000000' });
    const flow = start({ t: TWINS, g: GERMAN }, ours);
    const before = rowOf(flow, 'g', LABEL);
    const corrected = after(flow, { type: 'preview.correct', key: rowOf(flow, 't', LABEL).key, layerId: 't-label' });
    expect(rowOf(corrected, 't', 'Button label: Fill').merged.layerId).toBe('t-label');
    expect(rowOf(corrected, 'g', LABEL)).toBe(before);
  });

  it('can be none at all', () => {
    const flow = start({ t: LIKE_BASE });
    const corrected = after(flow, { type: 'preview.correct', key: rowOf(flow, 't', LABEL).key, layerId: null });
    expect(rowOf(corrected, 't', LABEL).kind).toBe('missing');
  });

  it('can be the layer selected in Figma, if it is in the target', () => {
    const flow = start({ t: LIKE_BASE });
    const select = (...layers: SelectedLayer[]) =>
      selectedCandidate({ ...flow, selection: { ...flow.selection, layers } }, rowOf(flow, 't', LABEL));
    const title = { nodeId: 't-title', name: 'Title', type: 'TEXT', frameId: 't', ancestorIds: ['t'] };
    expect(select(title)).toEqual({ layerId: 't-title', label: 'Use selected layer “Title”' });
    expect(select()).toBe('Or select the right layer in “Frame t” on the canvas.');
    expect(select(title, title)).toBe('Select one layer only in “Frame t”.');
    expect(select({ ...title, nodeId: 'x', ancestorIds: ['y'] })).toBe(
      '“Title” isn’t in “Frame t”. Select a layer in that frame.',
    );
  });
});

describe('the list', () => {
  const flow = start({
    t: [screen('t'), editPlacements('t', { button: { confidence: 0.6 }, card: { layerId: null, confidence: 0 } })],
    g: GERMAN,
  });
  const labels = (events: FlowEvent[]) =>
    editsItems(previewOf(after(flow, ...events))).flatMap((item) => (item.kind === 'row' ? [item.row.label] : []));

  it('opens all groups of a short list', () => {
    expect(labels([])).toHaveLength(rowsOf(flow).length);
  });

  it('has the same rows by frame', () => {
    expect(labels([{ type: 'edits.group-by', groupBy: 'frame' }]).sort()).toEqual(labels([]).sort());
  });

  it.each([
    ['doubtful', [FILL]],
    ['conflicts', [LABEL]],
    ['missing', ['Card: Corner radius']],
  ] as const)('filters %s rows', (filter, expected) => {
    const shown = new Set(labels([{ type: 'preview.filter', filter }]));
    for (const label of expected) expect(shown).toContain(label);
    expect(shown.has('Add Badge')).toBe(false);
  });

  it('closes a group', () => {
    const group = editRows(previewOf(flow)).byEdit[0];
    const closed = labels([{ type: 'edits.expand', key: group?.key ?? '', on: false }]);
    expect(closed).toHaveLength(rowsOf(flow).length - (group?.rows.length ?? 0));
  });
});
