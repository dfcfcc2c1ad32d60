import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/edits/merged-edit.js';
import type { Design, Token, Value } from '../../src/shared/design.js';
import { design, type LayerSpec, merged, rgb, sameLayers, solid, stack, target, text } from './designs.js';

/** The outcome of the only edit of base → ours in a target. */
function outcome(
  before: readonly LayerSpec[],
  after: readonly LayerSpec[],
  theirs: readonly LayerSpec[],
  tokens: Token[] = [],
) {
  const [base, ours, other] = [before, after, theirs].map((layers) => design(layers, { tokens }));
  if (base === undefined || ours === undefined || other === undefined) throw new Error('three designs');
  const edits = merged(base, ours, target(other));
  expect(edits).toHaveLength(1);
  return edits[0]?.outcome ?? { kind: 'missing' };
}

/** What is written: by default, as a replacement, as a proposal. */
function written(result: Outcome): { kind: string; ours?: Value; proposal?: Value } {
  const after = (operation: { write: object } | null) =>
    operation !== null && 'after' in operation.write ? (operation.write.after as Value) : null;
  if (result.kind === 'change') return { kind: result.kind, ours: after(result.operation) };
  if (result.kind === 'conflict')
    return { kind: result.kind, ours: after(result.ours), proposal: after(result.proposal) };
  return result.kind === 'kept' ? { kind: result.kind, ours: after(result.ours) } : { kind: result.kind };
}

function layer(props: { [property: string]: Value }, more: Partial<LayerSpec> = {}): LayerSpec[] {
  return [{ id: 'a', type: 'RECTANGLE', ...more, props }];
}

describe('values', () => {
  it('takes ours where the target is like base', () => {
    const result = outcome([text('a', 'Buy')], [text('a', 'Sell')], [text('a', 'Buy')]);
    expect(result).toMatchObject({
      kind: 'change',
      include: 'confident',
      operation: {
        editId: 'set:characters:a',
        write: { kind: 'set', layerId: 't-a', property: 'characters', before: 'Buy', after: 'Sell' },
        record: { sourceLayerId: 'a', what: 'characters', layerId: 't-a', source: '"Sell"', written: '"Sell"' },
      },
    });
  });

  it('finds already so where the target is like ours', () => {
    expect(outcome([text('a', 'Buy')], [text('a', 'Sell')], [text('a', 'Sell')])).toEqual({ kind: 'already-so' });
  });

  it('conflicts where the target says something else', () => {
    const result = outcome([text('a', 'Buy')], [text('a', 'Sell')], [text('a', 'Kaufen')]);
    expect(result).toMatchObject({ kind: 'conflict', theirs: 'Kaufen', proposal: null });
    expect(written(result).ours).toBe('Sell');
  });

  it('merges constraints by axis', () => {
    const constraints = (horizontal: string, vertical: string) => layer({ constraints: { horizontal, vertical } });
    const result = outcome(constraints('MIN', 'MIN'), constraints('MAX', 'MIN'), constraints('MIN', 'MAX'));
    expect(written(result)).toEqual({ kind: 'change', ours: { horizontal: 'MAX', vertical: 'MAX' } });
  });

  it('leaves the name out by default', () => {
    const result = outcome(layer({ name: 'A' }), layer({ name: 'B' }), layer({ name: 'A' }));
    expect(result).toMatchObject({ kind: 'change', include: 'never' });
  });

  it('is blocked where the counterpart has no such property', () => {
    const base = design([stack('a', [])]);
    const ours = design([stack('a', [], { props: { itemSpacing: 20 } })]);
    const [edit] = merged(base, ours, target(design([{ id: 'a', type: 'RECTANGLE' }])));
    expect(edit?.outcome).toEqual({ kind: 'blocked', obstacle: { code: 'unsupported', property: 'itemSpacing' } });
  });
});

describe('numbers', () => {
  const gap = (itemSpacing: number): LayerSpec[] => [stack('a', [], { props: { itemSpacing } })];

  it('applies the difference', () => {
    expect(written(outcome(gap(8), gap(12), gap(20)))).toEqual({ kind: 'change', ours: 24 });
  });

  it('never goes below the least value', () => {
    const padding = (paddingTop: number) => [stack('a', [], { props: { paddingTop } })];
    expect(written(outcome(padding(24), padding(0), padding(16)))).toEqual({ kind: 'change', ours: 0 });
  });

  it('keeps gaps that overlap', () => {
    expect(written(outcome(gap(8), gap(-4), gap(4)))).toEqual({ kind: 'change', ours: -8 });
  });

  it('sets all corners where some of the target have the new radius already', () => {
    const corners = (radius: number) => ({ cornerRadius: radius, topLeftRadius: radius, topRightRadius: radius });
    const base = design(layer(corners(0)));
    const theirs = target(base);
    const counterpart = theirs.layers['t-a'];
    if (counterpart === undefined) throw new Error('no layer');
    const { cornerRadius: _, ...corner } = corners(0);
    const props = { fills: [], ...corner, topLeftRadius: 4 };
    const mixed = { ...theirs, layers: { ...theirs.layers, 't-a': { ...counterpart, props } } };
    const [edit] = merged(base, design(layer(corners(4))), mixed);
    expect(edit?.outcome).toMatchObject({ kind: 'change', operation: { write: { before: null, after: 4 } } });
  });

  it('turns by the difference', () => {
    const turned = (rotation: number) => layer({ rotation });
    expect(written(outcome(turned(0), turned(90), turned(150)))).toEqual({ kind: 'change', ours: -120 });
  });

  it('applies the difference of a line height in the same unit', () => {
    const lines = (value: number, unit = 'PIXELS') => [text('a', 'A', { props: { lineHeight: { unit, value } } })];
    expect(written(outcome(lines(24), lines(28), lines(32)))).toEqual({
      kind: 'change',
      ours: { unit: 'PIXELS', value: 36 },
    });
    expect(outcome(lines(24), lines(28), lines(120, 'PERCENT')).kind).toBe('conflict');
  });
});

describe('colours', () => {
  const card = (fill: Value, others: readonly string[]): LayerSpec[] => [
    { id: 'a', type: 'RECTANGLE', props: { fills: fill } },
    ...others.map((hex, n) => ({ id: `other${n}`, type: 'RECTANGLE', props: { fills: solid(hex) } })),
  ];
  const light = ['#FF0000', '#00FF00'];
  const dark = ['#AA0000', '#00AA00'];

  it('conflicts in another theme, and proposes the counterpart of the colour', () => {
    const result = outcome(card(solid('#FFFFFF'), light), card(solid('#FF0000'), light), card(solid('#000000'), dark));
    expect(written(result)).toEqual({ kind: 'conflict', ours: solid('#FF0000'), proposal: solid('#AA0000') });
  });

  it('proposes nothing for a colour that base lacks', () => {
    const result = outcome(card(solid('#FFFFFF'), light), card(solid('#0000FF'), light), card(solid('#000000'), dark));
    expect(written(result)).toEqual({ kind: 'conflict', ours: solid('#0000FF'), proposal: null });
  });

  it('proposes nothing where a colour has two counterparts', () => {
    const twice = ['#FF0000', '#FF0000'];
    const result = outcome(
      card(solid('#FFFFFF'), twice),
      card(solid('#FF0000'), twice),
      card(solid('#000000'), ['#AA0000', '#BB0000']),
    );
    expect(written(result).proposal).toBeNull();
  });

  it('finds already so where the target has the counterpart of the colour', () => {
    const result = outcome(card(solid('#FFFFFF'), light), card(solid('#FF0000'), light), card(solid('#AA0000'), dark));
    expect(result).toEqual({ kind: 'already-so' });
  });

  it('changes the opacity and keeps the colour of the target', () => {
    const result = outcome(
      card(solid('#FFFFFF'), []),
      card(solid('#FFFFFF', { opacity: 0.5 }), []),
      card(solid('#000000'), []),
    );
    expect(written(result)).toEqual({ kind: 'change', ours: solid('#000000', { opacity: 0.5 }) });
  });

  it('maps each stop of a gradient and the colour of a shadow', () => {
    const gradient = (...hexes: string[]): Value => [
      {
        type: 'GRADIENT_LINEAR',
        gradientStops: hexes.map((hex, n) => ({ position: n, color: { ...rgb(hex), a: 1 } })),
      },
    ];
    const result = outcome(
      card(gradient('#FFFFFF', '#FFFFFF'), light),
      card(gradient('#FF0000', '#00FF00'), light),
      card(gradient('#000000', '#000000'), dark),
    );
    expect(written(result).proposal).toEqual(gradient('#AA0000', '#00AA00'));
  });

  it('changes the radius of a shadow and keeps its colour', () => {
    const shadow = (radius: number, hex: string): Value => [
      { type: 'DROP_SHADOW', radius, offset: { x: 0, y: 2 }, color: { ...rgb(hex), a: 0.2 } },
    ];
    const result = outcome(
      layer({ effects: shadow(4, '#000000') }),
      layer({ effects: shadow(12, '#000000') }),
      layer({ effects: shadow(4, '#333333') }),
    );
    expect(written(result)).toEqual({ kind: 'change', ours: shadow(12, '#333333') });
  });

  it('removes one of two paints and keeps the colour of the other', () => {
    const two = (hex: string): Value => [...(solid(hex) as Value[]), { type: 'IMAGE', imageHash: 'h' }];
    const result = outcome(
      layer({ fills: two('#FFFFFF') }),
      layer({ fills: solid('#FFFFFF') }),
      layer({ fills: two('#000000') }),
    );
    expect(written(result)).toEqual({ kind: 'change', ours: solid('#000000') });
  });
});

describe('tokens', () => {
  const style = (id: string, name: string): Token => ({ kind: 'style', id, name });
  const variable = (id: string, name: string, collection: string): Token => ({
    kind: 'variable',
    id,
    name,
    collection,
  });
  const STYLES = [
    style('L1', 'Light/Card'),
    style('L2', 'Light/Accent'),
    style('D1', 'Dark/Card'),
    style('X', 'Brand/Hero'),
  ];
  const styled = (fillStyleId: string, fill = '#FFFFFF') => layer({ fillStyleId, fills: solid(fill) });

  it('takes a style even where the target has another colour', () => {
    const result = outcome(styled(''), styled('L2'), styled('', '#123456'), STYLES);
    expect(written(result)).toEqual({ kind: 'change', ours: 'L2' });
  });

  it('takes a style over another one', () => {
    expect(written(outcome(styled('L1'), styled('L2'), styled('X'), STYLES))).toEqual({ kind: 'change', ours: 'L2' });
  });

  it('keeps the counterpart of the style of base', () => {
    const result = outcome(styled('L1'), styled('L2'), styled('D1'), STYLES);
    expect(result).toMatchObject({ kind: 'kept', token: { name: 'Dark/Card' } });
    expect(written(result).ours).toBe('L2');
  });

  it('keeps the variable of the same name in another collection', () => {
    const tokens = [
      variable('V1', 'gap', 'Phone'),
      variable('V2', 'gap-large', 'Phone'),
      variable('V3', 'gap', 'Tablet'),
    ];
    const gap = (id: string) => [stack('a', [], { props: { 'variable.itemSpacing': id } })];
    expect(outcome(gap('V1'), gap('V2'), gap('V3'), tokens)).toMatchObject({ kind: 'kept', token: { id: 'V3' } });
    expect(outcome(gap('V1'), gap('V2'), gap('V2'), tokens)).toEqual({ kind: 'already-so' });
  });

  it('conflicts where ours takes the style away and the target has another', () => {
    const result = outcome(styled('L1'), styled('', '#FF0000'), styled('D1', '#000000'), STYLES);
    expect(written(result)).toMatchObject({ kind: 'conflict', ours: solid('#FF0000') });
  });

  it('takes the variable of a paint, whatever the colour', () => {
    const paint = (hex: string, id?: string) =>
      layer({
        fills: solid(hex, id === undefined ? {} : { boundVariables: { color: { type: 'VARIABLE_ALIAS', id } } }),
      });
    const tokens = [
      variable('V1', 'surface', 'Light'),
      variable('V2', 'accent', 'Light'),
      variable('V3', 'surface', 'Dark'),
    ];
    const taken = outcome(paint('#FFFFFF'), paint('#FF0000', 'V2'), paint('#000000'), tokens);
    expect(written(taken)).toMatchObject({ kind: 'change', ours: [{ boundVariables: { color: { id: 'V2' } } }] });
    const kept = outcome(paint('#FFFFFF', 'V1'), paint('#FF0000', 'V2'), paint('#000000', 'V3'), tokens);
    expect(kept).toMatchObject({ kind: 'kept', token: { id: 'V3' } });
  });

  it('finds the component property of another set by its name', () => {
    const instance = (name: string, value: string): LayerSpec[] => [
      { id: 'a', type: 'INSTANCE', props: { mainComponent: 'C', [name]: value } },
    ];
    const result = outcome(
      instance('component.Label#1:2', 'Buy'),
      instance('component.Label#1:2', 'Sell'),
      instance('component.Label#9:9', 'Buy'),
    );
    expect(result).toMatchObject({ operation: { write: { property: 'component.Label#9:9', after: 'Sell' } } });
  });
});

describe('mixed text', () => {
  const weight = (style: string) => ({ fontName: { family: 'Inter', style } });
  const run = (start: number, end: number, values: { [property: string]: Value }) => ({ start, end, values });
  const mixed = (characters: string, ...runs: Value[]) => [text('a', characters, { props: { runs } })];

  it('takes the runs of ours where the target is like base', () => {
    const plain = [text('a', 'Buy now', { props: weight('Regular') })];
    const bold = mixed('Buy now', run(0, 4, weight('Regular')), run(4, 7, weight('Bold')));
    expect(written(outcome(plain, bold, plain))).toEqual({
      kind: 'change',
      ours: [run(0, 4, weight('Regular')), run(4, 7, weight('Bold'))],
    });
  });

  it('keeps the colours of the target in each run', () => {
    const both = (style: string, hex: string) => ({ ...weight(style), fills: solid(hex) });
    const before = mixed('Buy now', run(0, 4, both('Regular', '#FFFFFF')), run(4, 7, both('Regular', '#FF0000')));
    const after = mixed('Buy now', run(0, 4, both('Regular', '#FFFFFF')), run(4, 7, both('Bold', '#FF0000')));
    const dark = mixed('Buy now', run(0, 4, both('Regular', '#000000')), run(4, 7, both('Regular', '#AA0000')));
    expect(written(outcome(before, after, dark))).toEqual({
      kind: 'change',
      ours: [run(0, 4, both('Regular', '#000000')), run(4, 7, both('Bold', '#AA0000'))],
    });
  });

  it('finds the words that changed in another text', () => {
    const plain = (characters: string) => [text('a', characters, { props: weight('Regular') })];
    const bold = mixed('Meet Samepoint', run(0, 5, weight('Regular')), run(5, 14, weight('Bold')));
    const result = outcome(plain('Meet Samepoint'), bold, plain('Samepoint kennenlernen'));
    expect(written(result)).toEqual({
      kind: 'change',
      ours: [run(0, 9, weight('Bold')), run(9, 22, weight('Regular'))],
    });
  });

  it('conflicts where the words are not in the target', () => {
    const plain = (characters: string) => [text('a', characters, { props: weight('Regular') })];
    const bold = mixed('Buy now', run(0, 4, weight('Regular')), run(4, 7, weight('Bold')));
    expect(outcome(plain('Buy now'), bold, plain('Jetzt kaufen')).kind).toBe('conflict');
  });

  it('styles the parts of a translation with equally many parts', () => {
    const total = (characters: string, at: number, style: string) =>
      mixed(characters, run(0, at, weight('Regular')), run(at, characters.length, weight(style)));
    const result = outcome(
      total('Total 12', 6, 'Medium'),
      total('Total 12', 6, 'Bold'),
      total('Summe: 10', 7, 'Medium'),
    );
    expect(written(result)).toEqual({
      kind: 'change',
      ours: [run(0, 7, weight('Regular')), run(7, 9, weight('Bold'))],
    });
  });
});

describe('scale', () => {
  it('is that of the frames where little else can be compared', () => {
    const card = (width: number, height: number, radius: number) =>
      design([{ id: 'c', box: [0, 0, 10, 10], props: { cornerRadius: radius } }], {
        root: { box: [0, 0, width, height] },
      });
    const write = (theirs: Design) => merged(card(400, 800, 0), card(400, 800, 8), target(theirs))[0]?.outcome;
    const radius = (after: number) => ({ operation: { write: { after } } });
    expect(write(card(800, 1600, 0))).toMatchObject(radius(16));
    expect(write(card(800, 800, 0))).toMatchObject(radius(8));
  });

  const screen = (scale: number, width: number, radius: number, size: number): LayerSpec[] => [
    ...['b', 'c', 'd'].map((id) => ({
      id,
      type: 'RECTANGLE',
      box: [0, 0, 100 * scale * width, 40 * scale] as const,
    })),
    text('t1', 'One', { props: { fontSize: size * scale } }),
    { id: 'a', type: 'RECTANGLE', box: [0, 0, 100 * scale * width, 40 * scale], props: { cornerRadius: radius } },
  ];

  it('is 2 for a target of twice the density', () => {
    const result = outcome(screen(1, 1, 4, 16), screen(1, 1, 10, 16), screen(2, 1, 8, 16));
    expect(written(result)).toEqual({ kind: 'change', ours: 20 });
  });

  it('is 1 for a target of another width', () => {
    const result = outcome(screen(1, 1, 4, 16), screen(1, 1, 10, 16), screen(1, 2, 6, 16));
    expect(written(result)).toEqual({ kind: 'change', ours: 12 });
  });

  it('is 1 where sizes say different things', () => {
    const base = design(screen(1, 1, 4, 16));
    const ours = design(screen(1, 1, 10, 16));
    const theirs = screen(1, 1, 6, 16).map((spec, n) => ({
      ...spec,
      box: [0, 0, 100 * (n + 1), 40 * (n + 2)] as const,
    }));
    const [edit] = merged(base, ours, target(design(theirs)));
    expect(edit?.outcome).toMatchObject({ operation: { write: { after: 12 } } });
  });
});

describe('instances', () => {
  const COMPONENT: Token = { kind: 'component', id: 'C', name: 'Button' };
  const button = (label: { [property: string]: Value }, overrides: string[] = []): LayerSpec[] => [
    {
      id: 'i',
      type: 'INSTANCE',
      overrides: [],
      props: { mainComponent: 'C' },
      children: [{ id: 'i;l', type: 'RECTANGLE', overrides, props: label }],
    },
  ];

  it('overrides what can be overridden', () => {
    const result = outcome(button({ opacity: 1 }), button({ opacity: 0.5 }, ['opacity']), button({ opacity: 1 }), [
      COMPONENT,
    ]);
    expect(written(result)).toEqual({ kind: 'change', ours: 0.5 });
  });

  it('names the main component for what cannot', () => {
    const frame = (props: { [property: string]: Value }): LayerSpec[] => [
      { id: 'i', children: layer(props, { id: 'l' }) },
    ];
    const base = design(frame({}));
    const ours = design(frame({ constraints: { horizontal: 'MAX', vertical: 'MIN' } }));
    const theirs = target(design(button({}), { tokens: [COMPONENT] }));
    const counterparts = { ...sameLayers(base, theirs), l: { layerId: 't-i;l', confidence: 0.9, runnersUp: [] } };
    const [edit] = merged(base, ours, theirs, { counterparts });
    expect(edit?.outcome).toEqual({ kind: 'blocked', obstacle: { code: 'main-component', component: COMPONENT } });
  });
});

describe('counterparts', () => {
  const base = design([text('a', 'Buy'), text('b', 'Buy')]);
  const ours = design([text('a', 'Sell'), text('b', 'Rent')]);
  const theirs = target(base);

  it('lists an edit without counterpart', () => {
    const [, edit] = merged(base, ours, theirs, {
      counterparts: { a: { layerId: 't-a', confidence: 1, runnersUp: [] } },
    });
    expect(edit).toMatchObject({ layerId: null, confidence: 0, outcome: { kind: 'missing' } });
  });

  it('gives a counterpart that two layers share to the surer one', () => {
    const shared = (confidence: number) => ({ layerId: 't-a', confidence, runnersUp: [] });
    const edits = merged(base, ours, theirs, { counterparts: { a: shared(0.6), b: shared(0.8) } });
    expect(edits.map(({ outcome: { kind }, confidence }) => [kind, confidence])).toEqual([
      ['missing', 0],
      ['change', 0.8],
    ]);
  });
});
