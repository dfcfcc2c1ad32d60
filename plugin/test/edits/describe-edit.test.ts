import { expect, it } from 'vitest';
import { describeEdit } from '../../src/edits/describe-edit.js';
import { diffDesigns } from '../../src/edits/diff-designs.js';
import type { Token, Value } from '../../src/shared/design.js';
import { design, type LayerSpec, rgb, solid, stack, text } from './designs.js';

const STYLE: Token = { kind: 'style', id: 'S:1', name: 'Brand/Primary' };

function described(before: LayerSpec[], after: LayerSpec[]): string[] {
  const [base, ours] = [before, after].map((layers) => design(layers, { tokens: [STYLE] }));
  if (base === undefined || ours === undefined) throw new Error('two designs');
  return diffDesigns(base, ours).map((edit) => {
    const { label, before: from, after: to } = describeEdit(edit, base, ours);
    return `${label}: ${from} → ${to}`;
  });
}

function set(before: { [property: string]: Value }, after: { [property: string]: Value }): string[] {
  const layer = (props: { [property: string]: Value }): LayerSpec[] => [
    { id: 'a', type: 'RECTANGLE', name: 'Card', props },
  ];
  return described(layer(before), layer(after));
}

it('says what a text was and is, cut if long', () => {
  const label = (characters: string) => [text('a', characters, { name: 'Button label' })];
  expect(described(label('Buy'), label('Add to cart'))).toEqual(['Button label: “Buy” → “Add to cart”']);
  const long = 'This text is much too long for a label of one line';
  expect(described(label('Buy'), label(long))).toEqual([
    'Button label: “Buy” → “This text is much too long for a label…”',
  ]);
});

it('names properties and formats their values', () => {
  expect(set({ cornerRadius: 4 }, { cornerRadius: 8.126 })).toEqual(['Card: Corner radius: 4 → 8.13']);
  expect(set({ opacity: 1 }, { opacity: 0.5 })).toEqual(['Card: Opacity: 100 % → 50 %']);
  expect(set({ visible: true }, { visible: false })).toEqual(['Card: Visibility: visible → hidden']);
  expect(set({ blendMode: 'NORMAL' }, { blendMode: 'COLOR_BURN' })).toEqual(['Card: Blend mode: Normal → Color burn']);
  expect(set({ fillStyleId: '' }, { fillStyleId: 'S:1' })).toEqual(['Card: Fill style: none → Brand/Primary']);
  expect(set({ lineHeight: { unit: 'AUTO' } }, { lineHeight: { unit: 'PERCENT', value: 150 } })).toEqual([
    'Card: Line height: auto → 150 %',
  ]);
});

it('formats paints and effects', () => {
  expect(set({ fills: solid('#FF0000') }, { fills: solid('#00FF00', { opacity: 0.5 }) })).toEqual([
    'Card: Fill: #FF0000 → #00FF00 50 %',
  ]);
  const stops = ['#FFFFFF', '#000000'].map((hex, position) => ({ position, color: { ...rgb(hex), a: 1 } }));
  const shadow = { type: 'DROP_SHADOW', radius: 8, offset: { x: 0, y: 2 }, color: { ...rgb('#000000'), a: 0.25 } };
  expect(set({ fills: [] }, { fills: [{ type: 'GRADIENT_LINEAR', gradientStops: stops }] })).toEqual([
    'Card: Fill: none → Linear gradient #FFFFFF – #000000',
  ]);
  expect(set({ effects: [] }, { effects: [shadow] })).toEqual(['Card: Effects: none → Drop shadow #000000 25 % 0 2 8']);
});

it('says what happens to layers', () => {
  const before: LayerSpec[] = [
    stack('list', [text('a', 'A'), text('b', 'B'), text('c', 'C')], { name: 'List' }),
    { id: 'free', type: 'RECTANGLE', name: 'Badge', box: [0, 0, 10, 10] },
  ];
  const after: LayerSpec[] = [
    stack('list', [text('b', 'B'), text('a', 'A'), text('x', 'X', { name: 'New' })], { name: 'List' }),
    { id: 'free', type: 'RECTANGLE', name: 'Badge', box: [5, 0, 20, 10] },
  ];
  expect(described(before, after)).toEqual([
    'b: Order:  → first',
    'Add New:  → in List',
    'Badge: Size: 10 × 10 → 20 × 10',
    'Badge: Position: 0, 0 → 5, 0',
    'Remove c: “C” → ',
  ]);
});
