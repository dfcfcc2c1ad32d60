import { expect, it } from 'vitest';
import { inWriteOrder } from '../../src/edits/write-order.js';
import type { Value } from '../../src/shared/design.js';
import type { Operation, Write } from '../../src/shared/operation.js';

function operation(editId: string, write: Write): Operation {
  return { editId, write, record: { sourceLayerId: 's', what: editId, layerId: 't', source: '1', written: '1' } };
}

function set(property: string, after: Value = 1): Operation {
  return operation(property, { kind: 'set', layerId: 't', property, before: 0, after });
}

function ordered(...operations: Operation[]): string[] {
  return inWriteOrder(operations).map(({ editId }) => editId);
}

const size = { width: 1, height: 1 };
const add = (editId: string) =>
  operation(editId, {
    kind: 'add',
    sourceLayerId: editId,
    parent: { layerId: 'p' },
    previousSibling: null,
    transform: null,
    scale: 1,
    size: null,
    without: [],
  });
const intoCopy = (editId: string) =>
  operation(editId, {
    kind: 'reparent',
    layerId: editId,
    parent: { addedFrom: 'new' },
    previousSibling: null,
    transform: null,
  });
const resize = operation('resize', { kind: 'resize', layerId: 't', before: size, after: size });
const move = operation('move', { kind: 'move', layerId: 't', before: { x: 0, y: 0 }, after: { x: 1, y: 1 } });
const remove = operation('remove', { kind: 'remove', layerId: 't' });

it('swaps a component before it sets the properties of the new one', () => {
  expect(ordered(set('component.Label'), set('mainComponent'))).toEqual(['mainComponent', 'component.Label']);
});

it('writes characters before what styles them, and runs last', () => {
  expect(ordered(set('runs'), set('fontSize'), set('textStyleId'), set('characters'))).toEqual([
    'characters',
    'textStyleId',
    'fontSize',
    'runs',
  ]);
});

it('sets auto layout before it resizes, and moves after that', () => {
  expect(ordered(move, resize, set('layoutSizingHorizontal', 'FIXED'), set('layoutMode'))).toEqual([
    'layoutMode',
    'layoutSizingHorizontal',
    'resize',
    'move',
  ]);
});

it('lets a layer fill its parent only when it is there', () => {
  expect(ordered(set('layoutSizingHorizontal', 'FILL'), add('new'))).toEqual(['new', 'layoutSizingHorizontal']);
});

it('adds layers before others move into them, the last of siblings first', () => {
  expect(ordered(intoCopy('a'), add('new'), intoCopy('b'), add('later'))).toEqual(['later', 'new', 'b', 'a']);
});

it('removes last', () => {
  expect(ordered(remove, intoCopy('a'), move)).toEqual(['a', 'move', 'remove']);
});
