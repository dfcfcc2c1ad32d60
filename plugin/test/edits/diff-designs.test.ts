import { describe, expect, it } from 'vitest';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import type { Edit } from '../../src/edits/edit.js';
import type { Token } from '../../src/shared/design.js';
import { design, type LayerSpec, rgb, solid, stack, text } from './designs.js';

const STYLES: Token[] = [
  { kind: 'style', id: 'S:1', name: 'Primary' },
  { kind: 'style', id: 'S:2', name: 'Accent' },
];

function diff(before: readonly LayerSpec[], after: readonly LayerSpec[], tokens: Token[] = []): Edit[] {
  return diffDesigns(design(before, { tokens }), design(after, { tokens }));
}

function ids(edits: readonly Edit[]): string[] {
  return edits.map(({ editId }) => editId);
}

function rectangle(id: string, more: Partial<LayerSpec> = {}): LayerSpec {
  return { id, type: 'RECTANGLE', box: [0, 0, 100, 100], ...more };
}

describe('sets', () => {
  it('finds nothing between equal designs', () => {
    const layers = [stack('card', [text('title', 'Buy')]), rectangle('free')];
    expect(diff(layers, layers)).toEqual([]);
  });

  it('lists a property with its old and new value', () => {
    expect(diff([text('a', 'Buy')], [text('a', 'Sell')])).toEqual([
      {
        kind: 'set',
        editId: 'set:characters:a',
        layerId: 'a',
        property: 'characters',
        before: 'Buy',
        after: 'Sell',
        confidence: 1,
      },
    ]);
  });

  it('ignores the noise of float32', () => {
    const before = [rectangle('a', { props: { opacity: 0.1 } })];
    expect(diff(before, [rectangle('a', { props: { opacity: 0.10000000149 } })])).toEqual([]);
  });

  it('lists the style and not the paint that follows from it', () => {
    const before = [rectangle('a', { props: { fillStyleId: 'S:1', fills: solid('#FF0000') } })];
    const after = [rectangle('a', { props: { fillStyleId: 'S:2', fills: solid('#00FF00') } })];
    expect(ids(diff(before, after, STYLES))).toEqual(['set:fillStyleId:a']);
  });

  it('lists only the paint where a paint of its own takes the style away', () => {
    const before = [rectangle('a', { props: { fillStyleId: 'S:1', fills: solid('#FF0000') } })];
    const after = [rectangle('a', { props: { fillStyleId: '', fills: solid('#00FF00') } })];
    expect(ids(diff(before, after, STYLES))).toEqual(['set:fills:a']);
  });

  it('lists the variable and not the value of its field', () => {
    const before = [rectangle('a', { props: { opacity: 1 } })];
    const after = [rectangle('a', { props: { opacity: 0.5, 'variable.opacity': 'V:1' } })];
    expect(ids(diff(before, after))).toEqual(['set:variable.opacity:a']);
  });

  it('does not list a paint whose variable has another value in the mode of the frame', () => {
    const bound = { boundVariables: { color: { type: 'VARIABLE_ALIAS', id: 'V:1' } } };
    const before = [rectangle('a', { props: { fills: solid('#FFFFFF', bound) } })];
    expect(diff(before, [rectangle('a', { props: { fills: solid('#000000', bound) } })])).toEqual([]);
  });

  it('lists one corner radius for four equal corners', () => {
    const corners = (radius: number) => ({ cornerRadius: radius, topLeftRadius: radius, topRightRadius: radius });
    const before = [rectangle('a', { props: corners(0) })];
    expect(ids(diff(before, [rectangle('a', { props: corners(8) })]))).toEqual(['set:cornerRadius:a']);
  });

  it('lists corners one by one where they differ', () => {
    const { cornerRadius: _, ...mixed } = { cornerRadius: 0, topLeftRadius: 8, topRightRadius: 0 };
    const before = design([rectangle('a')]);
    const after = design([rectangle('a', { props: mixed })]);
    const layer = after.layers.a;
    if (layer === undefined) throw new Error('no layer');
    const { cornerRadius: __, ...props } = layer.props;
    const ours = { ...after, layers: { ...after.layers, a: { ...layer, props } } };
    expect(ids(diffDesigns(before, ours))).toEqual(['set:topLeftRadius:a']);
  });

  it('does not list the name of a text that follows its characters', () => {
    const before = [text('a', 'Buy', { props: { name: 'Buy' } })];
    expect(ids(diff(before, [text('a', 'Sell', { props: { name: 'Sell' } })]))).toEqual(['set:characters:a']);
  });
});

describe('mixed text', () => {
  const bold = (start: number, end: number) => ({
    start,
    end,
    values: { fontName: { family: 'Inter', style: 'Bold' } },
  });
  const plain = (start: number, end: number) => ({
    start,
    end,
    values: { fontName: { family: 'Inter', style: 'Regular' } },
  });

  it('lists runs where a part got another style', () => {
    const before = [text('a', 'Buy now', { props: { fontName: { family: 'Inter', style: 'Regular' } } })];
    const after = [text('a', 'Buy now', { props: { runs: [plain(0, 4), bold(4, 7)] } })];
    expect(ids(diff(before, after))).toEqual(['set:runs:a']);
  });

  it('lists only the characters where the styles stay with their words', () => {
    const before = [text('a', 'Buy now', { props: { runs: [plain(0, 4), bold(4, 7)] } })];
    const after = [text('a', 'Please buy now', { props: { runs: [plain(0, 11), bold(11, 14)] } })];
    expect(ids(diff(before, after))).toEqual(['set:characters:a']);
  });
});

describe('geometry', () => {
  it('lists moves and sizes of free layers', () => {
    const before = [rectangle('a', { box: [10, 10, 50, 50] })];
    const edits = diff(before, [rectangle('a', { box: [20, 10, 60, 50] })]);
    expect(edits).toMatchObject([
      { kind: 'resize', before: { width: 50, height: 50 }, after: { width: 60, height: 50 } },
      { kind: 'move', before: { x: 10, y: 10 }, after: { x: 20, y: 10 } },
    ]);
  });

  it('leaves out what auto layout decides', () => {
    const hug = { layoutSizingVertical: 'HUG' };
    const before = [stack('s', [text('a', 'A'), rectangle('b', { box: [0, 48, 100, 100] })], { props: hug })];
    const after = [
      stack('s', [text('a', 'A\nB', { box: [0, 0, 100, 80] }), rectangle('b', { box: [0, 88, 100, 100] })], {
        box: [0, 0, 100, 188],
        props: hug,
      }),
    ];
    expect(ids(diff(before, after))).toEqual(['set:characters:a']);
  });

  it('leaves out the length of a layer that fills its parent', () => {
    const fill = { props: { layoutSizingHorizontal: 'FILL' } };
    const before = [stack('s', [rectangle('a', { box: [0, 0, 100, 50], ...fill })])];
    const after = [stack('s', [rectangle('a', { box: [0, 0, 200, 50], ...fill })], { box: [0, 0, 200, 40] })];
    expect(ids(diff(before, after))).toEqual(['resize:s']);
  });

  it('lists the move of a layer with absolute position in auto layout', () => {
    const badge = (x: number) => rectangle('badge', { box: [x, 0, 10, 10], props: { layoutPositioning: 'ABSOLUTE' } });
    expect(ids(diff([stack('s', [badge(0)])], [stack('s', [badge(20)])]))).toEqual(['move:badge']);
  });

  it('leaves out what constraints do when a parent is resized', () => {
    const child = (id: string, horizontal: string, x: number, width: number): LayerSpec =>
      rectangle(id, { box: [x, 0, width, 10], props: { constraints: { horizontal, vertical: 'MIN' } } });
    const card = (width: number, children: LayerSpec[]): LayerSpec => ({ id: 'c', box: [0, 0, width, 40], children });
    const before = card(100, [
      child('max', 'MAX', 80, 10),
      child('centre', 'CENTER', 45, 10),
      child('stretch', 'STRETCH', 10, 80),
      child('scale', 'SCALE', 10, 20),
      child('moved', 'MAX', 80, 10),
    ]);
    const after = card(200, [
      child('max', 'MAX', 180, 10),
      child('centre', 'CENTER', 95, 10),
      child('stretch', 'STRETCH', 10, 180),
      child('scale', 'SCALE', 20, 40),
      child('moved', 'MAX', 170, 10),
    ]);
    expect(ids(diff([before], [after]))).toEqual(['resize:c', 'move:moved']);
  });

  it('lists one move for a group whose contents move alike', () => {
    const group = (x: number): LayerSpec => ({
      id: 'g',
      type: 'GROUP',
      box: [x, 0, 30, 10],
      children: [rectangle('a', { box: [x, 0, 10, 10] }), rectangle('b', { box: [x + 20, 0, 10, 10] })],
    });
    expect(ids(diff([group(0)], [group(50)]))).toEqual(['move:g']);
  });

  it('lists the move inside of a group, not the size that follows', () => {
    const group = (x: number): LayerSpec => ({
      id: 'g',
      type: 'GROUP',
      box: [0, 0, x + 10, 10],
      children: [rectangle('a', { box: [0, 0, 10, 10] }), rectangle('b', { box: [x, 0, 10, 10] })],
    });
    expect(ids(diff([group(20)], [group(40)]))).toEqual(['move:b']);
  });

  it('does not list the place of the frame on the canvas', () => {
    const moved = design([], { root: { box: [500, 0, 400, 800] } });
    expect(diffDesigns(design([]), moved)).toEqual([]);
  });
});

describe('structure', () => {
  const rows = (...names: string[]): LayerSpec[] => [
    stack(
      'list',
      names.map((name) => text(name, name)),
    ),
  ];

  it('lists the root of an added subtree, its parent and the sibling below', () => {
    const added = stack('card', [text('title', 'New')]);
    expect(diff([text('a', 'A')], [text('a', 'A'), added])).toMatchObject([
      { kind: 'add', layerId: 'card', parentId: 'root', previousSiblingId: 'a' },
    ]);
  });

  it('lists the root of a removed subtree', () => {
    const edits = diff([text('a', 'A'), stack('card', [text('title', 'T')])], [text('a', 'A')]);
    expect(ids(edits)).toEqual(['remove:card']);
  });

  it('lists one move where one of five layers was dragged to the end', () => {
    expect(ids(diff(rows('a', 'b', 'c', 'd', 'e'), rows('b', 'c', 'd', 'e', 'a')))).toEqual(['reorder:a']);
  });

  it('does not list layers that shift because of an insertion or removal', () => {
    expect(ids(diff(rows('a', 'b', 'c'), rows('x', 'b', 'c')))).toEqual(['add:x', 'remove:a']);
  });

  it('lists a new parent around layers as added, and them as moved into it', () => {
    const edits = diff([text('a', 'A'), text('b', 'B')], [stack('wrap', [text('a', 'A'), text('b', 'B')])]);
    expect(edits).toMatchObject([
      { kind: 'add', layerId: 'wrap', parentId: 'root' },
      { kind: 'reparent', layerId: 'a', parentId: 'wrap', previousSiblingId: null },
      { kind: 'reparent', layerId: 'b', parentId: 'wrap', previousSiblingId: 'a' },
    ]);
  });

  it('lists a parent that was dissolved as removed, and its layers as moved out', () => {
    const edits = diff([stack('wrap', [text('a', 'A')])], [text('a', 'A')]);
    expect(ids(edits)).toEqual(['reparent:a', 'remove:wrap']);
  });
});

describe('instances', () => {
  const BUTTONS: Token[] = ['Small', 'Large'].map((size) => ({
    kind: 'component',
    id: `C:${size}`,
    name: `Size=${size}`,
    collection: 'Button',
  }));
  const button = (main: string, label: LayerSpec, more: Partial<LayerSpec> = {}): LayerSpec => ({
    id: 'i',
    type: 'INSTANCE',
    overrides: [],
    ...more,
    props: { mainComponent: main, ...more.props },
    children: [label],
  });

  it('lists overrides only, not what the main component changed', () => {
    const before = button('C:Small', text('i;l', 'Buy', { overrides: [] }));
    const changedMain = button('C:Small', text('i;l', 'Sell', { overrides: [] }), {
      props: { fills: solid('#00FF00') },
    });
    const overridden = button('C:Small', text('i;l', 'Sell', { overrides: ['characters'] }));
    expect(diff([before], [changedMain])).toEqual([]);
    expect(ids(diff([before], [overridden]))).toEqual(['set:characters:i;l']);
  });

  it('lists a swap without the layers that come with it', () => {
    const before = button('C:Small', text('i;l', 'Buy', { overrides: [] }));
    const after = button('C:Icon', rectangle('i;r', { overrides: [] }), { box: [0, 0, 24, 24] });
    expect(ids(diff([before], [after]))).toEqual(['set:mainComponent:i']);
  });

  it('lists what an override keeps through a swap', () => {
    const before = button('C:Small', text('i;l', 'Buy', { overrides: [] }), { props: { fills: solid('#FF0000') } });
    const after = (overrides: string[]) =>
      button('C:Icon', rectangle('i;r', { overrides: [] }), { overrides, props: { fills: solid('#FF0000') } });
    expect(ids(diff([before], [after([])]))).toEqual(['set:mainComponent:i']);
    expect(ids(diff([before], [after(['fills'])])).sort()).toEqual(['set:fills:i', 'set:mainComponent:i']);
  });

  it('lists a variant by its property', () => {
    const before = button('C:Small', text('i;l', 'Buy'), { props: { 'component.Size': 'Small' } });
    const after = button('C:Large', text('i;l2', 'Buy'), {
      box: [0, 0, 200, 80],
      props: { 'component.Size': 'Large', fills: solid('#00FF00') },
    });
    expect(ids(diff([before], [after], BUTTONS))).toEqual(['set:component.Size:i']);
  });

  it('lists a component property without the layer that follows it', () => {
    const follows = { characters: 'Label#1:2' };
    const before = button('C:Small', text('i;l', 'Buy', { overrides: [], follows }), {
      props: { 'component.Label#1:2': 'Buy' },
    });
    const after = button('C:Small', text('i;l', 'Sell', { overrides: ['characters'], follows }), {
      props: { 'component.Label#1:2': 'Sell' },
    });
    expect(ids(diff([before], [after]))).toEqual(['set:component.Label#1:2:i']);
  });

  it('lists the move of an instance, and none inside of it', () => {
    const before = button('C:Small', text('i;l', 'Buy', { overrides: [] }));
    const after = button('C:Small', text('i;l', 'Buy', { box: [5, 5, 100, 40], overrides: [] }), {
      box: [50, 0, 100, 40],
    });
    expect(ids(diff([before], [after]))).toEqual(['move:i']);
  });
});

it('lists the effects of a layer as one property', () => {
  const shadow = (radius: number) => [
    { type: 'DROP_SHADOW', visible: true, radius, offset: { x: 0, y: 2 }, color: { ...rgb('#000000'), a: 0.2 } },
  ];
  const edits = diff(
    [rectangle('a', { props: { effects: shadow(4) } })],
    [rectangle('a', { props: { effects: shadow(8) } })],
  );
  expect(edits).toMatchObject([{ property: 'effects', before: shadow(4), after: shadow(8) }]);
});
