import { describe, expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import { merge } from '../../src/edits/merge.js';
import { inWriteOrder } from '../../src/edits/write-order.js';
import type { Design, Token } from '../../src/shared/design.js';
import { design, type LayerSpec, merged, sameLayers, solid, stack, target, text } from './designs.js';
import { operationsOf, replay } from './replay.js';

const rows = (...names: string[]): LayerSpec[] => [
  stack(
    'list',
    names.map((name) => text(name, name)),
  ),
];

function free(id: string, x: number, y: number, more: Partial<LayerSpec> = {}): LayerSpec {
  return { id, type: 'RECTANGLE', box: [x, y, 50, 20], ...more };
}

/** The children of a layer of the target after all changes are written. */
function childrenAfter(
  before: LayerSpec[],
  after: LayerSpec[],
  theirs: LayerSpec[],
  parent = 't-list',
): readonly string[] {
  const [base, ours, other] = [design(before), design(after), target(design(theirs))];
  return replay(other, ours, operationsOf(merged(base, ours, other))).design.layers[parent]?.childIds ?? [];
}

function outcomes(before: LayerSpec[], after: LayerSpec[], theirs: LayerSpec[], tokens: Token[] = []) {
  return merged(design(before), design(after), target(design(theirs, { tokens }))).map(({ outcome }) => outcome);
}

function writes(before: LayerSpec[], after: LayerSpec[], theirs: LayerSpec[]) {
  return outcomes(before, after, theirs).map((outcome) =>
    outcome.kind === 'change' ? outcome.operation.write : outcome.kind,
  );
}

describe('add', () => {
  it('goes after the counterpart of the nearest earlier sibling', () => {
    const [write] = writes(rows('a', 'b'), rows('a', 'x', 'b'), rows('a', 'own', 'b'));
    expect(write).toEqual({
      kind: 'add',
      sourceLayerId: 'x',
      parent: { layerId: 't-list' },
      previousSibling: { layerId: 't-a' },
      transform: null,
      size: null,
      scale: 1,
      without: [],
    });
  });

  it('goes after the next earlier sibling where the nearest has no counterpart', () => {
    expect(childrenAfter(rows('a', 'b', 'c'), rows('a', 'b', 'x', 'c'), rows('a', 'c'))).toEqual(['t-a', 'c-x', 't-c']);
  });

  it('goes below the nearest later sibling where no earlier one is there', () => {
    expect(childrenAfter(rows('a', 'b'), rows('a', 'x', 'b'), rows('own', 'b'))).toEqual(['t-own', 'c-x', 't-b']);
  });

  it('keeps the order of several new layers', () => {
    const after = rows('x', 'a', 'y', 'z', 'b');
    expect(childrenAfter(rows('a', 'b'), after, rows('a', 'b'))).toEqual(['c-x', 't-a', 'c-y', 'c-z', 't-b']);
  });

  it('keeps the distance to the neighbour that the target has elsewhere', () => {
    const base = [free('title', 10, 100)];
    const [write] = writes(base, [...base, free('x', 10, 130)], [free('title', 10, 180)]);
    expect(write).toMatchObject({ transform: { e: 10, f: 210 }, size: null });
  });

  it('keeps to the side that its constraints say', () => {
    const card = (width: number, ...children: LayerSpec[]): LayerSpec => ({
      id: 'c',
      box: [0, 0, width, 40],
      children,
    });
    const constraints = { horizontal: 'MAX', vertical: 'MIN' };
    const right = free('x', 340, 10, { props: { constraints } });
    const [write] = writes([card(400)], [card(400, right)], [card(800)]);
    expect(write).toMatchObject({ transform: { e: 740, f: 10 } });
  });

  it('stretches with its parent', () => {
    const card = (width: number, ...children: LayerSpec[]): LayerSpec => ({
      id: 'c',
      box: [0, 0, width, 40],
      children,
    });
    const line = free('x', 10, 10, {
      box: [10, 10, 380, 1],
      props: { constraints: { horizontal: 'STRETCH', vertical: 'MIN' } },
    });
    const [write] = writes([card(400)], [card(400, line)], [card(800)]);
    expect(write).toMatchObject({ transform: { e: 10, f: 10 }, size: { width: 780, height: 1 } });
  });

  it('is blocked where the parent has no counterpart', () => {
    const base = design(rows('a'));
    const edits = merged(base, design(rows('a', 'x')), target(base), { counterparts: {} });
    expect(edits).toMatchObject([
      { layerId: null, outcome: { kind: 'blocked', obstacle: { code: 'parent-missing' } } },
    ]);
  });

  it('is blocked inside of an instance, with the main component', () => {
    const button: Token = { kind: 'component', id: 'C', name: 'Button' };
    const instance: LayerSpec[] = [{ id: 'list', type: 'INSTANCE', props: { mainComponent: 'C' } }];
    expect(outcomes(rows(), rows('x'), instance, [button])).toEqual([
      { kind: 'blocked', obstacle: { code: 'main-component', component: button } },
    ]);
  });

  it('has the least confidence of its parent and the sibling below', () => {
    const [base, ours] = [design(rows('a')), design(rows('a', 'x'))];
    const theirs = target(base);
    const counterparts = sameLayers(base, theirs, 0.9);
    const unsure = { ...counterparts, a: { layerId: 't-a', confidence: 0.4, runnersUp: [] } };
    expect(merged(base, ours, theirs, { counterparts: unsure })[0]?.confidence).toBe(0.4);
  });
});

describe('new parent', () => {
  const before = [text('a', 'A'), text('b', 'B'), text('c', 'C')];
  const after = [text('a', 'A'), stack('wrap', [text('label', 'New'), text('b', 'B'), text('c', 'C')])];

  it('is copied without the layers that move into it', () => {
    const [add, b, c] = writes(before, after, before);
    expect(add).toMatchObject({ kind: 'add', sourceLayerId: 'wrap', without: ['b', 'c'] });
    expect(b).toMatchObject({
      parent: { addedFrom: 'wrap' },
      previousSibling: { addedFrom: 'label' },
      transform: null,
    });
    expect(c).toMatchObject({ parent: { addedFrom: 'wrap' }, previousSibling: { addedFrom: 'label' } });
  });

  it('holds the counterparts in the order of ours', () => {
    expect(childrenAfter(before, after, before, 't-root')).toEqual(['t-a', 'c-wrap']);
    expect(childrenAfter(before, after, before, 'c-wrap')).toEqual(['c-label', 't-b', 't-c']);
  });

  it('dissolves after its layers have left', () => {
    expect(childrenAfter([stack('wrap', before)], before, [stack('wrap', before)], 't-root')).toEqual([
      't-a',
      't-b',
      't-c',
    ]);
  });
});

describe('the colors of an added layer', () => {
  const painted = (id: string, hex: string): LayerSpec => ({ id, type: 'RECTANGLE', props: { fills: solid(hex) } });
  const screen = (ground: string, ink: string, more: LayerSpec[] = []): LayerSpec[] => [
    ...[painted('a', ground), painted('b', ink), painted('c', ground)],
    ...more,
  ];
  const added = [painted('x', '#FFFFFF'), painted('y', '#123456')];

  it('are those that the target has in place of the source’s, and others stay', () => {
    const [card, other] = writes(
      screen('#FFFFFF', '#111111'),
      screen('#FFFFFF', '#111111', added),
      screen('#000000', '#EEEEEE'),
    );
    expect(card).toMatchObject({ colours: [{ sourceLayerId: 'x', property: 'fills', value: solid('#000000') }] });
    expect(other).not.toHaveProperty('colours');
  });

  it('are no difference when the merge runs again, and a second edit reaches them', () => {
    const [base, ours] = [design(screen('#FFFFFF', '#111111')), design(screen('#FFFFFF', '#111111', added))];
    const first = replay(
      target(design(screen('#000000', '#EEEEEE'))),
      ours,
      operationsOf(merged(base, ours, target(design(screen('#000000', '#EEEEEE'))))),
    );
    const again = (next: Design) =>
      merge({
        ...{ base, ours: next, edits: diffDesigns(base, next), theirs: first.design, applied: first.records },
        counterparts: sameLayers(base, first.design),
      });
    expect(again(ours).map(({ outcome }) => outcome.kind)).toEqual(['already-so', 'already-so']);
    const inked = design(screen('#FFFFFF', '#111111', [painted('x', '#111111'), painted('y', '#123456')]));
    const [change] = again(inked).filter(({ outcome }) => outcome.kind !== 'already-so');
    expect(change?.outcome).toMatchObject({ kind: 'change', operation: { write: { after: solid('#EEEEEE') } } });
  });
});

describe('remove', () => {
  const card = (...more: LayerSpec[]): LayerSpec[] => [stack('card', [text('title', 'Title'), ...more])];

  it('is included only if sure', () => {
    expect(outcomes(card(), [], card())).toMatchObject([{ kind: 'change', include: 'sure' }]);
  });

  it('is never included where the counterpart holds a layer that base lacks', () => {
    expect(outcomes(card(), [], card(text('own', 'Own')))).toMatchObject([{ kind: 'change', include: 'never' }]);
  });

  it('takes layers for the same that were not matched, by type and name', () => {
    const base = design(card());
    const theirs = target(base);
    const counterparts = { card: { layerId: 't-card', confidence: 1, runnersUp: [] } };
    expect(merged(base, design([]), theirs, { counterparts })[0]?.outcome).toMatchObject({ include: 'sure' });
  });
});

describe('reorder', () => {
  it('puts the counterpart after that of the sibling below', () => {
    expect(childrenAfter(rows('a', 'b', 'c'), rows('b', 'c', 'a'), rows('a', 'b', 'c', 'own'))).toEqual([
      't-b',
      't-c',
      't-a',
      't-own',
    ]);
  });

  it('finds already so in a target of the same order', () => {
    expect(outcomes(rows('a', 'b', 'c'), rows('b', 'c', 'a'), rows('b', 'own', 'c', 'a'))).toEqual([
      { kind: 'already-so' },
    ]);
  });

  it('moves the frame that the target has around the counterpart', () => {
    const theirs = [stack('list', [stack('around', [text('a', 'a')]), text('b', 'b'), text('c', 'c')])];
    expect(childrenAfter(rows('a', 'b', 'c'), rows('b', 'c', 'a'), theirs)).toEqual(['t-b', 't-c', 't-around']);
  });

  it('mixes with new layers', () => {
    const after = rows('c', 'x', 'a', 'y', 'b');
    expect(childrenAfter(rows('a', 'b', 'c'), after, rows('a', 'b', 'c'))).toEqual(['t-c', 'c-x', 't-a', 'c-y', 't-b']);
  });
});

describe('reparent', () => {
  const two = (first: string[], second: string[]): LayerSpec[] => [
    stack(
      'one',
      first.map((name) => text(name, name)),
    ),
    stack(
      'two',
      second.map((name) => text(name, name)),
    ),
  ];

  it('moves the counterpart below the counterpart of the parent', () => {
    expect(childrenAfter(two(['a', 'b'], ['c']), two(['a'], ['c', 'b']), two(['a', 'b'], ['c']), 't-two')).toEqual([
      't-c',
      't-b',
    ]);
  });

  it('finds already so where it is there', () => {
    const done = two(['a'], ['c', 'b']);
    expect(outcomes(two(['a', 'b'], ['c']), done, done)).toEqual([{ kind: 'already-so' }]);
  });
});

describe('geometry', () => {
  const frame = (width: number, ...children: LayerSpec[]): LayerSpec => ({
    id: 'c',
    box: [0, 0, width, 100],
    children,
  });

  it('moves by the difference', () => {
    const [write] = writes([free('a', 10, 10)], [free('a', 18, 10)], [free('a', 100, 50)]);
    expect(write).toEqual({ kind: 'move', layerId: 't-a', before: { x: 100, y: 50 }, after: { x: 108, y: 50 } });
  });

  it('is blocked where auto layout places the counterpart', () => {
    const base = [{ id: 'c', children: [free('a', 10, 10)] }];
    const ours = [{ id: 'c', children: [free('a', 20, 10)] }];
    expect(outcomes(base, ours, [stack('c', [free('a', 0, 0)])])).toEqual([
      { kind: 'blocked', obstacle: { code: 'auto-layout' } },
    ]);
  });

  it('resizes by the difference, and keeps an axis that the target decides', () => {
    const hug = { layoutSizingVertical: 'HUG' };
    const [write] = writes(
      [stack('a', [], { box: [0, 0, 100, 40] })],
      [stack('a', [], { box: [0, 0, 120, 60] })],
      [stack('a', [], { box: [0, 0, 300, 44], props: hug })],
    );
    expect(write).toMatchObject({ kind: 'resize', after: { width: 320, height: 44 } });
  });

  it('moves the other way across in a target that is laid out from right to left', () => {
    const bar = (back: number, title: number, search: number, more: number) => [
      free('back', back, 10),
      free('title', title, 10),
      free('search', search, 10),
      free('more', more, 14),
    ];
    const rightToLeft = bar(320, 220, 100, 10);
    const [write] = writes(bar(10, 100, 220, 320), bar(10, 108, 220, 320), rightToLeft);
    expect(write).toMatchObject({ kind: 'move', after: { x: 212, y: 10 } });
    const [same] = writes(bar(10, 100, 220, 320), bar(10, 108, 220, 320), bar(20, 120, 240, 340));
    expect(same).toMatchObject({ kind: 'move', after: { x: 128, y: 10 } });
  });

  it('moves from where constraints bring the layer when its parent is resized', () => {
    const right = (x: number, y: number) =>
      free('a', x, y, { props: { constraints: { horizontal: 'MAX', vertical: 'MIN' } } });
    const [resize, move] = writes(
      [frame(200, right(140, 10))],
      [frame(240, right(180, 30))],
      [frame(400, right(340, 10))],
    );
    expect(resize).toMatchObject({ kind: 'resize', after: { width: 440 } });
    expect(move).toMatchObject({ kind: 'move', before: { x: 340, y: 10 }, after: { x: 380, y: 30 } });
  });

  it('moves from where the layer is if the resize of its parent is off', () => {
    const right = (x: number, y: number) =>
      free('a', x, y, { props: { constraints: { horizontal: 'MAX', vertical: 'MIN' } } });
    const [base, ours] = [design([frame(200, right(140, 10))]), design([frame(240, right(190, 30))])];
    const operations = operationsOf(merged(base, ours, target(design([frame(400, right(340, 10))]))));
    const placed = (isResized: boolean) =>
      inWriteOrder(operations.filter(({ write }) => isResized || write.kind === 'move')).at(-1)?.write;
    expect(placed(true)).toMatchObject({ kind: 'move', after: { x: 390, y: 30 } });
    expect(placed(false)).toMatchObject({ kind: 'move', after: { x: 350, y: 30 } });
  });

  it('is in proportion for a layer that scales with its parent', () => {
    const scaled = (x: number) =>
      free('a', x, 10, { props: { constraints: { horizontal: 'SCALE', vertical: 'MIN' } } });
    const [move] = writes([frame(200, scaled(20))], [frame(200, scaled(40))], [frame(600, scaled(60))]);
    expect(move).toMatchObject({ after: { x: 120, y: 10 } });
  });
});
