import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { RawNode } from '../../../test/figma-host/spec.js';
import type { PlacedFrame, PlacedScope } from '../../src/shared/placed.js';
import { PluginSession } from './plugin-session.js';

const TARGETS = ['dark:screen', 'large:screen'];
const IDENTITY = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

let session: PluginSession;
let before: RawNode[];
beforeEach(async () => {
  session = await PluginSession.open(inboxDocument());
  before = session.host.snapshot();
});
afterEach(() => session.close());

/** Annotations and a note on both targets, and a layer on the first. */
async function transferAll(): Promise<void> {
  for (const key of ['dark', 'large']) {
    await session.apply([
      session.onLayer(`${key}:screen`, 'light:title', `${key}:title`),
      session.onLayer(`${key}:screen`, 'light:bell', `${key}:bell`),
      session.onLayer(`${key}:screen`, 'light:row-2/avatar', null),
    ]);
  }
  await session.apply([session.byTransform('dark:screen', 'light:sticker', IDENTITY)], 'transfer-layers');
}

async function listed(selected: string[], scope: PlacedScope = 'selection'): Promise<PlacedFrame[]> {
  session.host.select(selected.map((key) => session.id(key)));
  session.send({ type: 'placed.list', scope });
  return (await session.next('placed')).frames;
}

async function remove(frameIds: string[]) {
  session.send({ type: 'placed.remove', frameIds });
  return (await session.next('placed.removed')).summary;
}

const nameOf = (key: string) => session.host.byKey(key).props.name;
const ids = (keys: readonly string[]) => keys.map((key) => session.id(key));
/** Figma keeps an empty list where a layer has had annotations. */
const withoutEmptyLists = (nodes: RawNode[]) =>
  nodes.map(({ props: { annotations, ...props }, ...node }) => {
    const has = Array.isArray(annotations) && annotations.length > 0;
    return { ...node, props: has ? { ...props, annotations } : props };
  });

describe('removing what was transferred', () => {
  test('lists it by frame, and leaves the document as it was before, in one undo step', async () => {
    session.send({ type: 'ready' });
    await session.next('session');
    await transferAll();
    const [transferred, steps] = [session.host.snapshot(), session.host.undoSteps];
    const frames = await listed(TARGETS);
    expect(frames.map(({ name, items }) => [name, items.map(({ kind }) => kind)])).toEqual([
      ['Frame 2041', ['annotation', 'annotation', 'note', 'layer']],
      ['Frame 2042', ['annotation', 'annotation', 'note']],
    ]);
    expect(frames[0]?.items[0]).toMatchObject({ label: 'Uses Heading / L', on: nameOf('dark:title') });
    const summary = await remove(frames.map(({ nodeId }) => nodeId));
    expect(summary).toEqual({ annotations: 4, notes: 2, layers: 1, frames: 2, changed: [] });
    expect(withoutEmptyLists(session.host.snapshot())).toEqual(withoutEmptyLists(before));
    expect(session.host.undoSteps).toBe(steps + 1);
    session.send({ type: 'undo' });
    await session.next('undone');
    expect(session.host.snapshot()).toEqual(transferred);
  });

  test('of one frame keeps what other frames need', async () => {
    await transferAll();
    await remove(ids(['dark:screen']));
    expect(await listed(TARGETS)).toMatchObject([{ name: 'Frame 2042', items: [{}, {}, {}] }]);
    const buttons = (key: string) => Object.keys(session.host.byKey(key).relaunchData);
    expect(['light:screen', ...TARGETS].map(buttons)).toEqual([
      expect.arrayContaining(['transfer-annotations']),
      [],
      ['transfer-annotations'],
    ]);
    const again = await session.apply([session.onLayer('large:screen', 'light:bell', 'large:bell')]);
    expect(again).toMatchObject({ created: 0, updated: 1 });
  });

  test('keeps annotations that someone changed since, and names them', async () => {
    await transferAll();
    session.host.editAnnotations(session.id('dark:title'), [{ label: 'My own words' }]);
    session.host.editAnnotations(session.id('dark:bell'), []);
    const [dark] = await listed(['dark:screen']);
    expect(dark).toMatchObject({
      items: [{ kind: 'note' }, { kind: 'layer' }],
      changed: [{ on: nameOf('dark:title') }],
    });
    const summary = await remove(ids(['dark:screen']));
    expect(summary).toMatchObject({ annotations: 0, notes: 1, layers: 1 });
    expect(summary.changed).toMatchObject([{ frameName: 'Frame 2041', item: { on: nameOf('dark:title') } }]);
    expect(session.host.annotations(session.id('dark:title'))).toMatchObject([{ label: 'My own words' }]);
  });

  test('keeps annotations that were there before', async () => {
    session.host.editAnnotations(session.id('dark:title'), [{ label: 'Mine' }]);
    await session.apply([session.onLayer('dark:screen', 'light:title', 'dark:title')]);
    await remove(ids(['dark:screen']));
    expect(session.host.annotations(session.id('dark:title'))).toMatchObject([{ label: 'Mine' }]);
  });

  test('finds what is in frames inside of selected ones, and on the whole page', async () => {
    await transferAll();
    const section = session.host.insertNode(
      { key: 'section', type: 'SECTION', name: 'Section', x: 3000, width: 2000, height: 2000 },
      '0:1',
    );
    session.host.moveNode(session.id('dark:screen'), section);
    expect(await listed(['section'])).toMatchObject([{ name: 'Frame 2041' }]);
    expect((await listed([], 'page')).map(({ name }) => name).sort()).toEqual(['Frame 2041', 'Frame 2042']);
    expect(await listed([])).toEqual([]);
  });

  test('finds the frame of a selected layer, note or pin', async () => {
    await transferAll();
    expect(await listed(['dark:title'])).toMatchObject([{ name: 'Frame 2041' }]);
    const note = session.host.nodes().find(({ props }) => String(props.name).startsWith('Note 1: '));
    session.host.select([note?.id ?? '']);
    session.send({ type: 'placed.list', scope: 'selection' });
    expect((await session.next('placed')).frames).toHaveLength(1);
  });

  test('leaves what a duplicate of a frame contains, and finds nothing on it', async () => {
    await transferAll();
    const copyId = session.host.duplicate(session.id('dark:screen'));
    session.host.select([copyId]);
    session.send({ type: 'placed.list', scope: 'selection' });
    expect((await session.next('placed')).frames).toEqual([]);
    const inCopy = () => session.host.nodes().filter(({ parentId }) => parentId === copyId).length;
    const amount = inCopy();
    await remove(ids(['dark:screen']));
    expect(inCopy()).toBe(amount);
  });

  test('covers several runs from several sources', async () => {
    session.host.editAnnotations(session.id('large:bell'), [{ label: 'Of another source' }]);
    await session.apply([session.onLayer('dark:screen', 'light:title', 'dark:title')]);
    await session.apply(
      [session.onLayer('dark:screen', 'large:bell', 'dark:bell')],
      'transfer-annotations',
      'large:screen',
    );
    const [dark] = await listed(['dark:screen']);
    expect(dark?.items.map(({ label }) => label)).toEqual(['Uses Heading / L', 'Of another source']);
    await remove(ids(['dark:screen']));
    for (const key of ['dark:title', 'dark:bell']) expect(session.host.annotations(session.id(key))).toEqual([]);
    for (const key of ['light:screen', 'large:screen', 'dark:screen']) {
      expect(session.host.byKey(key)).toMatchObject({ relaunchData: {}, sharedPluginData: {} });
    }
  });

  test('is taken back if Figma rejects a change', async () => {
    await transferAll();
    const transferred = session.host.snapshot();
    session.host.breakWrite(session.id('large:title'), 'annotations');
    session.send({ type: 'placed.remove', frameIds: ids(TARGETS) });
    const { problem } = await session.next('placed.failed');
    expect(problem.message).toMatch(/nothing was removed/);
    expect(session.host.snapshot()).toEqual(transferred);
  });
});
