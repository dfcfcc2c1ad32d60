import { describe, expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import type { Design, Value } from '../../src/shared/design.js';
import type { AppliedRecord } from '../../src/shared/operation.js';
import { design, type LayerSpec, sameLayers, solid, stack, target, text } from './designs.js';
import { operationsOf, replay } from './replay.js';

interface Run {
  base: Design;
  theirs: Design;
  applied: AppliedRecord[];
}

function start(base: LayerSpec[], theirs: LayerSpec[]): Run {
  return { base: design(base), theirs: target(design(theirs)), applied: [] };
}

function mergeRun({ base, theirs, applied }: Run, ours: Design) {
  const counterparts = sameLayers(base, theirs);
  return merge({ base, ours, edits: diffDesigns(base, ours), theirs, counterparts, applied });
}

/** Transfers all changes and proposals. */
function transfer(run: Run, ours: LayerSpec[]): Run {
  const { design: theirs, records } = replay(run.theirs, design(ours), operationsOf(mergeRun(run, design(ours))));
  const keyOf = ({ sourceLayerId, what }: AppliedRecord) => `${sourceLayerId} ${what}`;
  const later = new Set(records.map(keyOf));
  return { ...run, theirs, applied: [...run.applied.filter((record) => !later.has(keyOf(record))), ...records] };
}

function outcomes(run: Run, ours: LayerSpec[]) {
  return mergeRun(run, design(ours)).map(({ outcome }) => outcome);
}

const gap = (itemSpacing: number): LayerSpec[] => [stack('a', [], { props: { itemSpacing } })];
const at = (x: number): LayerSpec[] => [{ id: 'a', type: 'RECTANGLE', box: [x, 0, 50, 50] }];

describe('running again', () => {
  it('finds differences of numbers already so', () => {
    const done = transfer(start(gap(8), gap(20)), gap(12));
    expect(done.theirs.layers['t-a']?.props.itemSpacing).toBe(24);
    expect(outcomes(done, gap(12))).toEqual([{ kind: 'already-so' }]);
  });

  it('finds moves already so', () => {
    const done = transfer(start(at(0), at(100)), at(10));
    expect(done.theirs.layers['t-a']?.transform.e).toBe(110);
    expect(outcomes(done, at(10))).toEqual([{ kind: 'already-so' }]);
  });

  it('sets one corner after all of them, and all of them after one', () => {
    const corners = (topLeft: number, topRight: number): Design => {
      const drawn = design([{ id: 'a', type: 'RECTANGLE' }]);
      const { a } = drawn.layers;
      if (a === undefined) throw new Error('no layer');
      const own = Object.entries(a.props).filter(([property]) => property !== 'cornerRadius');
      const whole = topLeft === topRight ? { cornerRadius: topLeft } : {};
      const props = { ...Object.fromEntries(own), topLeftRadius: topLeft, topRightRadius: topRight, ...whole };
      return { ...drawn, layers: { ...drawn.layers, a: { ...a, props } } };
    };
    const base = corners(0, 0);
    const first: Run = { base, theirs: target(base), applied: [] };
    /** As Figma writes it. */
    const transferred = (run: Run, ours: Design): Run => {
      const records = operationsOf(mergeRun(run, ours)).map(({ record }) => record);
      return { base, theirs: target(ours), applied: [...run.applied, ...records] };
    };
    const all = transferred(first, corners(4, 4));
    expect(mergeRun(all, corners(18, 4)).map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'change', operation: { write: { property: 'topLeftRadius', after: 18 } } },
      { kind: 'already-so' },
    ]);
    const one = transferred(all, corners(18, 4));
    expect(mergeRun(one, corners(6, 6)).map(({ outcome }) => outcome)).toMatchObject([
      { kind: 'change', operation: { write: { property: 'cornerRadius', before: null, after: 6 } } },
    ]);
  });

  it('finds a proposed colour already so', () => {
    const fills = (hex: string, ...others: string[]): LayerSpec[] =>
      [hex, ...others].map((colour, n) => ({ id: `r${n}`, type: 'RECTANGLE', props: { fills: solid(colour) } }));
    const run = start(fills('#FFFFFF', '#FF0000'), fills('#000000', '#AA0000'));
    const done = transfer(run, fills('#FF0000', '#FF0000'));
    expect(done.theirs.layers['t-r0']?.props.fills).toEqual(solid('#AA0000'));
    expect(outcomes(done, fills('#FF0000', '#FF0000'))).toEqual([{ kind: 'already-so' }]);
  });

  it('finds a variable already so that has another colour in the mode of the target', () => {
    const bound = { boundVariables: { color: { type: 'VARIABLE_ALIAS', id: 'V' } } };
    const paint = (fills: Value): LayerSpec[] => [{ id: 'a', type: 'RECTANGLE', props: { fills } }];
    const done = transfer(start(paint([]), paint([])), paint(solid('#FFFFFF', bound)));
    const shown = target(design(paint(solid('#000000', bound))));
    expect(outcomes({ ...done, theirs: shown }, paint(solid('#FFFFFF', bound)))).toEqual([{ kind: 'already-so' }]);
  });

  it('finds added, removed, moved and reordered layers already so', () => {
    const before = [stack('list', [text('a', 'A'), text('b', 'B'), text('c', 'C'), text('d', 'D')])];
    const after = [stack('list', [text('c', 'C'), text('a', 'A'), text('x', 'X')]), stack('wrap', [text('d', 'D')])];
    const done = transfer(start(before, before), after);
    expect(done.theirs.layers['t-list']?.childIds).toEqual(['t-c', 't-a', 'c-x']);
    expect(new Set(outcomes(done, after).map(({ kind }) => kind))).toEqual(new Set(['already-so']));
  });

  it('keeps what was changed by hand after the edit arrived', () => {
    const done = transfer(start(gap(8), gap(20)), gap(12));
    const layer = done.theirs.layers['t-a'];
    if (layer === undefined) throw new Error('no layer');
    const layers = { 't-a': { ...layer, props: { ...layer.props, itemSpacing: 30 } } };
    const changed = { ...done, theirs: { ...done.theirs, layers: { ...done.theirs.layers, ...layers } } };
    expect(outcomes(changed, gap(12))).toMatchObject([{ kind: 'conflict', theirs: 30 }]);
  });

  it('does not add a copy again that was removed by hand', () => {
    const after = [text('x', 'X')];
    const done = transfer(start([], []), after);
    const removed = { ...done, theirs: target(design([])) };
    expect(outcomes(removed, after)).toMatchObject([{ kind: 'change', include: 'never' }]);
  });
});

describe('an edit that the source takes back', () => {
  /** What is offered, and the target after it is accepted. */
  function takenBack(run: Run, ours: LayerSpec[]) {
    const offered = mergeRun(run, design(ours)).filter(({ isTakenBack }) => isTakenBack === true);
    const operations = offered.flatMap(({ outcome }) => (outcome.kind === 'change' ? [outcome.operation] : []));
    return { offered, layer: replay(run.theirs, design(ours), operations).design.layers['t-a'] };
  }

  it('is offered, and off', () => {
    const done = transfer(start(gap(8), gap(20)), gap(12));
    const { offered, layer } = takenBack(done, gap(8));
    expect(offered.map(({ outcome }) => outcome)).toMatchObject([{ kind: 'change', include: 'never' }]);
    expect(layer?.props.itemSpacing).toBe(20);
  });

  it('gives a color back in the colors of the target', () => {
    const fills = (a: string, ...others: string[]): LayerSpec[] =>
      [a, ...others].map((hex, n) => ({ id: 'abc'[n] ?? '', type: 'RECTANGLE', props: { fills: solid(hex) } }));
    const run = start(fills('#FFFFFF', '#FF0000', '#FFFFFF'), fills('#000000', '#AA0000', '#000000'));
    const done = transfer(run, fills('#FF0000', '#FF0000', '#FFFFFF'));
    expect(takenBack(done, fills('#FFFFFF', '#FF0000', '#FFFFFF')).layer?.props.fills).toEqual(solid('#000000'));
  });

  it('gives a position back', () => {
    const done = transfer(start(at(0), at(100)), at(10));
    expect(takenBack(done, at(0)).layer?.transform.e).toBe(100);
  });

  it('is not offered where the target was changed by hand since', () => {
    const done = transfer(start(gap(8), gap(20)), gap(12));
    expect(takenBack({ ...done, theirs: target(design(gap(30))) }, gap(8)).offered).toEqual([]);
  });

  it('is not offered while base has it, as after a new recording', () => {
    const done = transfer(start(gap(8), gap(8)), gap(12));
    expect(takenBack({ ...done, base: design(gap(12)) }, gap(12)).offered).toEqual([]);
  });
});

describe('a second edit', () => {
  it('continues the difference of the first', () => {
    const once = transfer(start(gap(8), gap(20)), gap(12));
    expect(transfer(once, gap(16)).theirs.layers['t-a']?.props.itemSpacing).toBe(28);
  });

  it('continues a move', () => {
    const once = transfer(start(at(0), at(100)), at(10));
    expect(transfer(once, at(-10)).theirs.layers['t-a']?.transform.e).toBe(90);
  });

  it('replaces a text that the first wrote', () => {
    const once = transfer(start([text('a', 'Buy')], [text('a', 'Buy')]), [text('a', 'Sell')]);
    expect(transfer(once, [text('a', 'Rent')]).theirs.layers['t-a']?.props.characters).toBe('Rent');
  });

  const card = (...children: LayerSpec[]): LayerSpec[] => [stack('card', children)];

  it('reaches the copies of layers that the first added', () => {
    const once = transfer(start([], []), card(text('title', 'New')));
    const twice = transfer(once, card(text('title', 'Newer'), text('more', 'More')));
    expect(twice.theirs.layers['c-title']?.props.characters).toBe('Newer');
    expect(twice.theirs.layers['c-card']?.childIds).toEqual(['c-title', 'c-more']);
    expect(outcomes(twice, card(text('title', 'Newer'), text('more', 'More')))).toEqual([{ kind: 'already-so' }]);
  });

  it('conflicts in a copy that was changed by hand', () => {
    const once = transfer(start([], []), card(text('title', 'New')));
    const layer = once.theirs.layers['c-title'];
    if (layer === undefined) throw new Error('no layer');
    const layers = { 'c-title': { ...layer, props: { ...layer.props, characters: 'Neu' } } };
    const changed = { ...once, theirs: { ...once.theirs, layers: { ...once.theirs.layers, ...layers } } };
    expect(outcomes(changed, card(text('title', 'Newer')))).toMatchObject([
      { kind: 'already-so' },
      { kind: 'conflict', theirs: 'Neu' },
    ]);
  });

  it('of a new recording reaches the copies of layers that base has by now', () => {
    const once = transfer(start([], []), card(text('title', 'New')));
    const recorded = { ...once, base: design(card(text('title', 'New'))) };
    expect(transfer(recorded, card(text('title', 'Newer'))).theirs.layers['c-title']?.props.characters).toBe('Newer');
  });
});
