import { afterEach, describe, expect, test } from 'vitest';
import { imageFill } from '../../../test/figma-host/images.js';
import type { DocumentSpec, Json, NodeSpec } from '../../../test/figma-host/spec.js';
import type { Design, Value } from '../../src/shared/design.js';
import type { Operation, Write } from '../../src/shared/operation.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const fill = (r: number, g: number, b: number): Json => [{ type: 'SOLID', color: { r, g, b } }];
const font = (style: string): Json => ({ family: 'Inter', style });
const box = (key: string): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x: 10, y: 10, width: 100, height: 40, props: { fills: fill(1, 0, 0) } },
});
const label = (key: string, props: NodeSpec['props'] = {}): NodeSpec => ({
  ...{ key, type: 'TEXT', name: key, x: 20, y: 200 },
  props: { characters: 'Buy now today', fontSize: 12, fontName: font('Regular'), fills: fill(0, 0, 0), ...props },
});
const frame = (key: string, x: number, children: NodeSpec[], more: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 400, height: 600, props: { fills: fill(1, 1, 1) }, children },
  ...more,
});
const variant = (key: string, x: number): NodeSpec => ({
  ...{ key, type: 'COMPONENT', name: `Size=${key}`, x, width: 80, height: 30, props: { fills: fill(0, 0, 1) } },
  children: [label(`${key}:label`, { characters: 'Buy', componentPropertyReferences: { characters: 'Label#1:0' } })],
});
const BUTTON: NodeSpec = {
  ...{ key: 'set', type: 'COMPONENT_SET', name: 'Button', y: 800, width: 200, height: 40 },
  props: { componentPropertyDefinitions: { 'Label#1:0': { type: 'TEXT', defaultValue: 'Buy' } } },
  children: [variant('small', 0), variant('large', 100)],
};
const button = (key: string, y: number): NodeSpec => ({ key, type: 'INSTANCE', name: key, component: 'small', y });

async function open(inTarget: NodeSpec[], inSource = [box('source:box')], more: NodeSpec[] = []): Promise<void> {
  const document: DocumentSpec = {
    name: 'Edits',
    children: [...more, frame('source', 0, inSource), frame('target', 600, inTarget)],
    collections: [{ name: 'Sizes', modes: ['All'], variables: { gap: [8], large: [24] } }],
  };
  session = await PluginSession.open(document, { command: 'transfer-edits' });
}

async function readTarget(): Promise<Design> {
  const { frames } = await session.exportFrames('transfer-difference', 'source', ['target']);
  const design = frames[1]?.edits?.design;
  if (design === undefined) throw new Error('no design of the target');
  return design;
}

function propOf(design: Design, [key, property]: readonly [string, string, ...unknown[]]): Value {
  return design.layers[session.id(key)]?.props[property] ?? null;
}

function operation(write: Write, editId: string): Operation {
  const layerId = 'layerId' in write ? write.layerId : '';
  return { editId, write, record: { sourceLayerId: editId, what: editId, layerId, source: '1', written: '1' } };
}

async function apply(operations: Operation[]) {
  const targets = [{ targetId: session.id('target'), operations }];
  session.send({ type: 'edits.apply', command: 'transfer-edits', sourceId: session.id('source'), targets });
  return (await session.next('edits.applied')).summary;
}

/** Sets properties, expects to read them back, and expects the document of before after one undo. */
async function expectWritten(edits: (readonly [key: string, property: string, after: Value])[]): Promise<void> {
  const [snapshot, before] = [session.host.snapshot(), await readTarget()];
  const operations = edits.map((edit) => {
    const [key, property, after] = edit;
    const write = { kind: 'set', layerId: session.id(key), property, before: propOf(before, edit), after } as const;
    return operation(write, `${key} ${property}`);
  });
  expect(await apply(operations)).toMatchObject({ written: edits.length, targets: 1, skipped: [] });
  const read = await readTarget();
  expect(edits.map((edit) => [edit[0], edit[1], propOf(read, edit)])).toEqual(edits);
  session.host.undo();
  expect(session.host.snapshot()).toEqual(snapshot);
}

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('a value that is written is read back, and one undo takes it back', () => {
  test('of bound variables', async () => {
    const row = frame('row', 0, [box('in row')], {
      ...{ y: 300, width: 200, height: 60, props: { layoutMode: 'HORIZONTAL' }, variables: { itemSpacing: 'gap' } },
    });
    await open([box('box'), label('label'), row]);
    const [gap, large] = session.host.assets().variables.map(({ id }) => id);
    await expectWritten([
      ['box', 'variable.topLeftRadius', gap ?? null],
      ['label', 'variable.fontSize', large ?? null],
      ['row', 'variable.itemSpacing', null],
    ]);
  });

  test('of a component property and of a swapped main component', async () => {
    await open([button('button', 0), button('swapped', 100)], undefined, [BUTTON]);
    await expectWritten([
      ['button', 'component.Label#1:0', 'Sell'],
      ['swapped', 'mainComponent', session.id('large')],
    ]);
  });

  test('of a component property that only the new main component has', async () => {
    const chip: NodeSpec = {
      ...{ key: 'chip', type: 'COMPONENT', name: 'Chip', y: 900, width: 80, height: 30 },
      props: { componentPropertyDefinitions: { 'Text#2:0': { type: 'TEXT', defaultValue: 'Chip' } } },
      children: [label('chip:text', { componentPropertyReferences: { characters: 'Text#2:0' } })],
    };
    await open([button('button', 0)], undefined, [BUTTON, chip]);
    await expectWritten([
      ['button', 'mainComponent', session.id('chip')],
      ['button', 'component.Text#2:0', 'Sell'],
    ]);
  });

  test('of an image fill with its crop', async () => {
    await open([box('box')]);
    const imageTransform = [
      [0.5, 0, 0.25],
      [0, 0.5, 0.25],
    ];
    const paint = imageFill(Buffer.from(PIXEL, 'base64'), 'CROP') as { [field: string]: Json };
    await expectWritten([['box', 'fills', [{ ...paint, imageTransform }]]]);
  });

  test('of the ranges of a text', async () => {
    await open([{ ...label('label'), runs: [{ start: 0, end: 3, fontName: font('Bold') }] }]);
    await expectWritten([
      [
        ...(['label', 'runs'] as const),
        [
          { start: 0, end: 3, values: { fontName: font('Regular'), fontSize: 20 } },
          { start: 3, end: 13, values: { fontName: font('Bold'), fontSize: 12 } },
        ],
      ],
    ]);
  });
});

test('new characters keep the styles of the runs outside of what differs', async () => {
  const runs = [
    { start: 0, end: 3, fontName: font('Bold') },
    { start: 8, end: 13, fontName: font('Semi Bold') },
  ];
  await open([{ ...label('label'), runs }]);
  const layerId = session.id('label');
  const [before, after] = ['Buy now today', 'Buy it later today'];
  const write: Write = { kind: 'set', layerId, property: 'characters', before, after };
  expect((await apply([operation(write, 'characters')])).skipped).toEqual([]);
  expect(propOf(await readTarget(), ['label', 'runs'])).toEqual([
    { start: 0, end: 3, values: { fontName: font('Bold') } },
    { start: 3, end: 13, values: { fontName: font('Regular') } },
    { start: 13, end: 18, values: { fontName: font('Semi Bold') } },
  ]);
});

test('a new frame around existing layers takes those of the target, not copies of the source’s', async () => {
  const wrap = frame('wrap', 10, [box('source:box'), label('source:note')], { width: 200, height: 300 });
  await open([box('box')], [wrap]);
  const snapshot = session.host.snapshot();
  const [wrapId, boxId] = [session.id('wrap'), session.id('box')];
  const place = { previousSibling: null, transform: { a: 1, b: 0, c: 0, d: 1, e: 5, f: 6 } };
  const summary = await apply([
    operation(
      {
        ...{ kind: 'add', sourceLayerId: wrapId, parent: { layerId: session.id('target') }, ...place },
        ...{ scale: 1, size: null, without: [session.id('source:box')] },
      },
      'add',
    ),
    operation(
      {
        ...{ kind: 'reparent', layerId: boxId, parent: { addedFrom: wrapId }, ...place },
        previousSibling: { addedFrom: session.id('source:note') },
      },
      'reparent',
    ),
  ]);
  expect(summary).toMatchObject({ written: 2, skipped: [] });
  const [copyId = '', ...others] = session.host.byKey('target').childIds;
  const inCopy = session.host.node(copyId).childIds.map((id) => session.host.node(id));
  expect([others, inCopy.map(({ props }) => props.name)]).toEqual([[], ['source:note', 'box']]);
  expect(inCopy[1]?.id).toBe(boxId);
  session.host.undo();
  expect(session.host.snapshot()).toEqual(snapshot);
});

test('a frame is exported with what to know before it is edited', async () => {
  const component = frame('main', 0, [box('part')], { type: 'COMPONENT', y: 1000 });
  const uses: NodeSpec = { key: 'use', type: 'INSTANCE', name: 'use', component: 'main', x: 600, y: 1000 };
  const locked = frame('locked', 1200, [box('in locked')], { props: { fills: fill(1, 1, 1), locked: true } });
  await open([box('box')], undefined, [BUTTON, component, uses, locked]);
  const keys = ['target', 'main', 'small', 'set', 'use', 'locked'];
  const { frames } = await session.exportFrames('transfer-difference', 'source', keys);
  expect(frames.slice(1).map(({ edits }) => edits?.warnings)).toEqual([
    [],
    ['is a main component: all its instances change with it.'],
    ['is in the component set “Button”: the instances of its variant change with it.'],
    ['is a component set: the instances of its variants change with it.'],
    ['is an instance: only overrides can be written.'],
    ['is locked: unlock it, or its edits are left out.'],
  ]);
});
