import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const SCREENS = ['light:screen', 'dark:screen', 'large:screen'];

describe('start', () => {
  test('nothing is sent before the UI is ready', async () => {
    session = await PluginSession.open(inboxDocument());
    expect(session.pending).toEqual([]);
    session.send({ type: 'ready' });
    const { settings, picks, pending, command } = await session.next('session');
    expect({ settings, pending, command }).toEqual({
      settings: { token: null, port: 47_615 },
      pending: null,
      command: 'transfer-annotations',
    });
    expect(picks).toEqual({ source: null, after: null, targets: [], overlays: [], layers: [] });
  });

  test('the window uses Figma’s theme', async () => {
    session = await PluginSession.open(inboxDocument());
    expect(session.host.reports[0]).toMatchObject({
      kind: 'showUI',
      detail: { themeColors: true, width: 340, height: 560 },
    });
  });

  test('settings and a running job survive closing the plugin', async () => {
    session = await PluginSession.open(inboxDocument());
    const pending = {
      jobId: 'job-1',
      command: 'transfer-annotations' as const,
      sourceId: session.id('light:screen'),
      targetIds: [session.id('dark:screen')],
      overlayIds: [],
    };
    session.send({ type: 'settings.save', settings: { token: 'secret', port: 47_616 } });
    session.send({ type: 'pending.save', pending });
    session.send({ type: 'ready' });
    await session.next('session');
    await session.host.runCommand('transfer-annotations');
    session.send({ type: 'ready' });
    const reopened = await session.next('session');
    expect(reopened.settings).toEqual({ token: 'secret', port: 47_616 });
    expect(reopened.pending).toEqual(pending);
    expect(reopened.picks.source?.nodeId).toBe(pending.sourceId);
    expect(reopened.picks.targets.map(({ nodeId }) => nodeId)).toEqual(pending.targetIds);
    // another command of the menu is what the designer wants now
    await session.host.runCommand('select-matching');
    session.send({ type: 'ready' });
    expect((await session.next('session')).pending).toBeNull();
  });
});

test('a running job of another file of the same name is not resumed', async () => {
  const storage = new Map<string, string>();
  session = await PluginSession.open(inboxDocument(), { storage });
  const ids = { sourceId: session.id('light:screen'), targetIds: [session.id('dark:screen')] };
  const pending = { jobId: 'job-1', command: 'transfer-annotations' as const, ...ids, overlayIds: [] };
  session.send({ type: 'pending.save', pending });
  session.send({ type: 'ready' });
  expect((await session.next('session')).command).toBe('transfer-annotations');
  session.close();
  const frame = (name: string): NodeSpec => ({ key: name, type: 'FRAME', name, width: 100, height: 100 });
  const other = { name: inboxDocument().name, children: ['A', 'B', 'C'].map(frame) };
  session = await PluginSession.open(other, { storage });
  session.send({ type: 'ready' });
  expect((await session.next('session')).pending).toBeNull();
});

describe('selection', () => {
  test('the summary does not depend on the order of Figma’s selection', async () => {
    const orders = new Set<string>();
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      session = await PluginSession.open(inboxDocument(), { selected: SCREENS, seed });
      session.send({ type: 'ready' });
      const { selection } = await session.next('selection');
      orders.add(selection.frames.map(({ name }) => name).join());
      if (seed < 6) session.close();
    }
    expect([...orders]).toEqual(['Inbox / Light,Frame 2041,Frame 2042']);
  });

  test('a small selected layer in a frame is an overlay, and its frame is offered too', async () => {
    session = await PluginSession.open(inboxDocument(), {
      command: 'transfer-layers',
      selected: ['light:callout', 'light:arrow', 'dark:screen'],
    });
    session.send({ type: 'ready' });
    const { selection } = await session.next('selection');
    expect(selection.frames.map(({ name }) => name)).toEqual(['Inbox / Light', 'Frame 2041']);
    expect(selection.overlays.map(({ name, type }) => [name, type])).toEqual([
      ['Callout', 'FRAME'],
      ['Arrow', 'VECTOR'],
    ]);
  });

  test('frames inside a wrapper frame can be picked', async () => {
    const screen = (key: string, x: number): NodeSpec => ({
      key,
      type: 'FRAME',
      name: key,
      x,
      width: 390,
      height: 844,
      children: [{ type: 'RECTANGLE', name: 'Bar', width: 390, height: 60 }],
    });
    const children = [0, 1, 2, 3].map((n) => screen(`screen ${n}`, n * 430));
    const wrapper: NodeSpec = { key: 'flow', type: 'FRAME', name: 'Flow', width: 1800, height: 900, children };
    session = await PluginSession.open({ name: 'Flow', children: [wrapper] }, { selected: ['screen 1', 'screen 2'] });
    session.send({ type: 'ready' });
    const { selection } = await session.next('selection');
    expect(selection.frames.map(({ name }) => name)).toEqual(['screen 1', 'screen 2']);
  });

  test('a frame that covers most of its wrapper is not an overlay', async () => {
    const inner: NodeSpec = { key: 'inner', type: 'FRAME', name: 'inner', width: 200, height: 200 };
    const wrapper: NodeSpec = { type: 'FRAME', name: 'wrapper', width: 230, height: 230, children: [inner] };
    session = await PluginSession.open({ name: 'Wrapped', children: [wrapper] }, { selected: ['inner'] });
    session.send({ type: 'ready' });
    const { selection } = await session.next('selection');
    expect(selection.frames.map(({ name }) => name)).toEqual(['inner']);
    expect(selection.overlays).toEqual([]);
  });

  test('annotations inside the frame are counted', async () => {
    session = await PluginSession.open(inboxDocument(), { selected: SCREENS });
    session.send({ type: 'ready' });
    const { selection } = await session.next('selection');
    expect(selection.frames.map(({ annotations }) => annotations)).toEqual([9, 0, 0]);
  });

  test('hidden and empty frames are blocked with a reason', async () => {
    const document = inboxDocument();
    const hidden = { key: 'hidden', type: 'FRAME', name: 'Old', x: -800, props: { visible: false } } as const;
    const empty = { key: 'empty', type: 'FRAME', name: 'Blank', x: -600 } as const;
    session = await PluginSession.open(
      { ...document, children: [...document.children, hidden, empty] },
      { selected: ['hidden', 'empty'] },
    );
    session.send({ type: 'ready' });
    const { selection } = await session.next('selection');
    expect(selection.frames.map(({ blocked }) => blocked)).toEqual([
      '“Old” is hidden. Show it and try again.',
      '“Blank” is empty. Choose a frame with content.',
    ]);
  });

  test('a new selection is sent to the UI', async () => {
    session = await PluginSession.open(inboxDocument());
    session.send({ type: 'ready' });
    await session.next('selection');
    session.host.select([session.id('dark:screen')]);
    let names: string[] = [];
    while (names.length === 0) names = (await session.next('selection')).selection.frames.map(({ name }) => name);
    expect(names).toEqual(['Frame 2041']);
  });

  test('changes within 60 ms are sent to the UI once', async () => {
    session = await PluginSession.open(inboxDocument());
    session.send({ type: 'ready' });
    await session.next('session');
    session.host.fireTimers();
    await session.next('selection');
    for (const key of ['light:screen', 'dark:screen']) session.host.select([session.id(key)]);
    // the first timers announce both selections, the last one sends them
    session.host.fireTimers();
    session.host.fireTimers();
    let names: string[] = [];
    while (names.length === 0) names = (await session.next('selection')).selection.frames.map(({ name }) => name);
    expect(names).toEqual(['Frame 2041']);
    expect(session.host.timerDelays).toContain(60);
  });
});
