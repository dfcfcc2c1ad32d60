import { afterEach, describe, expect, test } from 'vitest';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import type { FrameSummary } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const FILL = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
const layer = (key: string): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, width: 10, height: 10, props: { fills: FILL } },
});
/** A screen of 152 layers, itself included. */
const screen = (key: string, x: number): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 390, height: 844, props: { fills: FILL } },
  children: Array.from({ length: 151 }, (_, index) => layer(`${key}:${index}`)),
});
const KEYS = Array.from({ length: 20 }, (_, index) => `screen ${index}`);
const SCREENS: DocumentSpec = { name: 'Screens', children: KEYS.map((key, index) => screen(key, index * 500)) };

/** Returns how often each node was read for the first selection. */
async function open(document: DocumentSpec, selected: string[]): Promise<{ [nodeId: string]: number }> {
  session = await PluginSession.open(document, { selected });
  session.send({ type: 'ready' });
  await session.next('selection');
  return session.host.takeReads();
}

/** The selection after an action, and how often each node was read for it. */
async function after(act: () => void): Promise<{ frames: FrameSummary[]; reads: { [nodeId: string]: number } }> {
  act();
  session.host.fireTimers();
  session.host.fireTimers();
  const { frames } = (await session.next('selection')).selection;
  return { frames, reads: session.host.takeReads() };
}

const sum = (reads: { [nodeId: string]: number }) => Object.values(reads).reduce((one, other) => one + other, 0);

describe('20 selected frames of 152 layers', () => {
  test('are read once: a change in one reads that one again', async () => {
    await open(SCREENS, KEYS);
    const changed = 'screen 3';
    const { frames, reads } = await after(() =>
      session.host.editAnnotations(session.id(`${changed}:7`), [{ label: 'New' }]),
    );
    expect(frames.map(({ annotations }) => annotations)).toEqual(KEYS.map((key) => (key === changed ? 1 : 0)));
    const layers = session.host.nodes().filter(({ key }) => key?.includes(':'));
    const read = new Set(layers.filter(({ id }) => reads[id] !== undefined).map(({ key }) => key?.split(':')[0]));
    expect([...read]).toEqual([changed]);
    // 10,981 if all are read
    expect(sum(reads)).toBeLessThan(1200);
  });

  test('are not read again for another selection of them', async () => {
    await open(SCREENS, KEYS);
    const ids = session.host.nodes().flatMap(({ id, key }) => (KEYS.slice(0, 10).includes(key ?? '') ? [id] : []));
    const { frames, reads } = await after(() => session.host.select(ids));
    expect(frames).toHaveLength(10);
    expect(sum(reads)).toBeLessThan(10 * 25);
  });
});

describe('the count of a frame follows', () => {
  const inside: NodeSpec = { key: 'inside', type: 'GROUP', name: 'Group', children: [layer('a'), layer('b')] };
  const component: NodeSpec = {
    ...{ key: 'chip', type: 'COMPONENT', name: 'Chip', x: 900, width: 80, height: 30, props: { fills: FILL } },
    children: [layer('chip:icon'), { ...layer('chip:badge'), props: { fills: FILL, visible: false } }],
  };
  const instance: NodeSpec = { key: 'use', type: 'INSTANCE', name: 'Chip', component: 'chip' };
  const frame = (key: string, x: number, children: NodeSpec[]): NodeSpec => ({
    ...{ key, type: 'FRAME', name: key, x, width: 400, height: 400, props: { fills: FILL }, children },
  });
  const FILE: DocumentSpec = {
    name: 'File',
    children: [
      {
        ...{ key: 'section', type: 'SECTION', name: 'Section', width: 900, height: 500 },
        children: [frame('first', 0, [inside]), frame('second', 450, [instance])],
      },
      component,
    ],
  };
  const cases: [string, () => void, [number, number]][] = [
    ['a new layer', () => session.host.insertNode(layer('new'), session.id('inside')), [5, 3]],
    ['a deleted layer', () => session.host.removeNode(session.id('a')), [3, 3]],
    ['a layer that is hidden', () => session.host.edit(session.id('b'), { visible: false }), [3, 3]],
    ['a layer that moves to another frame', () => session.host.moveNode(session.id('b'), session.id('second')), [3, 4]],
    ['its main component', () => session.host.edit(session.id('chip:badge'), { visible: true }), [4, 4]],
  ];
  test.each(cases)('%s', async (_, act, expected) => {
    await open(FILE, ['first', 'second']);
    const { frames } = await after(act);
    expect(frames.map(({ layers }) => layers)).toEqual(expected);
  });

  test('undo', async () => {
    await open(FILE, ['first', 'second']);
    const { frames } = await after(() => session.host.removeNode(session.id('a')));
    expect(frames.map(({ layers }) => layers)).toEqual([3, 3]);
    const undone = await after(() => session.host.undo());
    expect(undone.frames.map(({ layers }) => layers)).toEqual([4, 3]);
  });

  test('what is around it: in a hidden section it cannot be used', async () => {
    await open(FILE, ['first', 'second']);
    const { frames } = await after(() => session.host.edit(session.id('section'), { visible: false }));
    expect(frames.map(({ blocked }) => blocked)).toEqual([
      '“first” is hidden. Show it and try again.',
      '“second” is hidden. Show it and try again.',
    ]);
  });

  test('and is sent for picked frames that are not selected, also after one is deleted', async () => {
    await open(FILE, ['first', 'second']);
    session.host.select([]);
    session.host.removeNode(session.id('a'));
    session.host.removeNode(session.id('second'));
    const { frames } = await session.next('frames.changed');
    expect(frames.map(({ name, layers, blocked }) => [name, layers, blocked])).toEqual([
      ['first', 3, null],
      ['second', 3, '“second” was deleted. Remove it here, or undo in Figma.'],
    ]);
  });
});

test('layers that are hidden in instances are left out of walks only', async () => {
  const chip: NodeSpec = {
    ...{ key: 'chip', type: 'COMPONENT', name: 'Chip', x: 900, width: 80, height: 30, props: { fills: FILL } },
    children: [layer('shown'), { ...layer('hidden'), props: { fills: FILL, visible: false } }],
  };
  const source: NodeSpec = {
    ...{ key: 'source', type: 'FRAME', name: 'Source', width: 400, height: 400 },
    props: { fills: FILL, annotations: [{ label: 'Note' }] },
    children: [{ key: 'use', type: 'INSTANCE', name: 'Chip', component: 'chip' }],
  };
  const reads = await open({ name: 'File', children: [source, screen('target', 500), chip] }, ['source']);
  const hidden = session.host.nodes().find(({ id, props }) => id.startsWith('I') && props.visible === false);
  expect(reads[hidden?.id ?? 'none']).toBeUndefined();
  session.host.editAnnotations(hidden?.id ?? 'none', [{ label: 'Only while it loads' }]);
  const { frames, done } = await session.exportFrames('transfer-annotations', 'source', ['target']);
  expect(session.host.takeReads()[hidden?.id ?? 'none']).toBeGreaterThan(0);
  expect(frames[0]?.layers.map(({ name }) => name)).toEqual(['Source', 'Chip', 'shown']);
  expect(done.notices.join(' ')).toContain('1 annotation on a hidden layer is not transferred');
});
