import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

async function open(...selected: string[]) {
  session = await PluginSession.open(inboxDocument(), { command: 'select-matching', selected });
  session.send({ type: 'ready' });
  const { picks } = await session.next('session');
  const { selection } = await session.next('selection');
  return { picks, selection };
}

describe('the layers to find', () => {
  test('are proposed with their frame as the source and the other selected frames as targets', async () => {
    const { picks } = await open('light:title', 'light:bell', 'dark:screen', 'large:screen');
    expect(picks.source?.name).toBe('Inbox / Light');
    expect(picks.layers.map(({ nodeId }) => nodeId).sort()).toEqual(
      ['light:bell', 'light:title'].map((key) => session.id(key)).sort(),
    );
    expect(picks.targets.map(({ name }) => name)).toEqual(['Frame 2041', 'Frame 2042']);
  });

  test('are not proposed from two frames, which the selection names', async () => {
    const { picks, selection } = await open('light:title', 'dark:bell');
    expect(picks).toMatchObject({ source: null, layers: [], targets: [] });
    expect(selection.layerFrames.map(({ name }) => name)).toEqual(['Inbox / Light', 'Frame 2041']);
  });

  test('are items, groups too; hidden and deleted ones are named', async () => {
    await open('light:screen');
    const ids = ['light:title', 'light:sticker'].map((key) => session.id(key));
    session.send({
      type: 'export.start',
      command: 'select-matching',
      sourceId: session.id('light:screen'),
      targetIds: [session.id('dark:screen')],
      overlayIds: [],
      layerIds: [...ids, '99:99'],
    });
    const { frame } = await session.next('export.frame');
    expect(frame.layers.every(({ candidate }) => candidate)).toBe(true);
    const { items, notices } = await session.next('export.done');
    expect(items.map(({ item, label }) => [item.itemId, label])).toEqual([
      [ids[0], 'Inbox'],
      [ids[1], 'Sticker'],
    ]);
    expect(notices).toEqual(['1 selected layer was deleted.']);
  });
});
