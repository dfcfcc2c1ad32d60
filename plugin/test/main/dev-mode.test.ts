import { afterEach, beforeEach, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { AcceptedPlacement } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
beforeEach(async () => {
  session = await PluginSession.open(inboxDocument(), { editor: 'dev', command: null });
});
afterEach(() => session.close());

const onLayer = (layerKey: string | null) => session.onLayer('dark:screen', 'light:title', layerKey);

/** The source's measurement between two layers of the dark screen. */
async function measurement(startKey: string, endKey: string | null): Promise<AcceptedPlacement> {
  const { done } = await session.exportFrames('transfer-annotations', 'light:screen', ['dark:screen']);
  const item = done.items.find(({ endId }) => endId !== undefined);
  const at = (itemId: string, key: string | null) => {
    const { targetId, placement } = onLayer(key);
    return { targetId, placement: { ...placement, itemId } };
  };
  const itemId = item?.item.itemId ?? '';
  return { ...at(itemId, startKey), end: at(item?.endId ?? '', endKey).placement };
}

test('without a command of the menu the window lists the commands', async () => {
  session.send({ type: 'ready' });
  expect(await session.next('home')).toEqual({ type: 'home', editor: 'dev' });
  session.send({ type: 'command', command: 'transfer-annotations' });
  expect(await session.next('session')).toMatchObject({ command: 'transfer-annotations' });
});

test('a command that Dev Mode does not allow lists those that it does', async () => {
  session.close();
  session = await PluginSession.open(inboxDocument(), { editor: 'dev', command: 'transfer-layers' });
  session.send({ type: 'ready' });
  await session.next('home');
});

test('annotations and measurements are written, as one undo step', async () => {
  const accepted = [onLayer('dark:title'), await measurement('dark:row-1', 'dark:row-2')];
  const before = session.host.undoSteps;
  expect(await session.apply(accepted)).toMatchObject({ created: 2, updated: 0, notes: 0, skipped: [] });
  expect(session.host.annotations(session.id('dark:title'))).toHaveLength(1);
  const [, added] = session.host.measurements();
  expect(added).toMatchObject({ startId: session.id('dark:row-1'), startSide: 'BOTTOM', endSide: 'TOP' });
  expect(session.host.undoSteps).toBe(before + 1);
  session.send({ type: 'undo' });
  await session.next('undone');
  expect(session.host.measurements()).toHaveLength(1);
});

test('what is there already is not added twice', async () => {
  const accepted = [onLayer('dark:title'), await measurement('dark:row-1', 'dark:row-2')];
  await session.apply(accepted);
  const { skipped } = await session.apply(accepted);
  expect(skipped.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/already has this annotation/),
    expect.stringMatching(/already has this measurement/),
  ]);
});

test('a measurement needs both layers', async () => {
  const { created, skipped } = await session.apply([await measurement('dark:row-1', null)]);
  expect([created, skipped.length]).toEqual([0, 1]);
});

test('a note is left out, with the way that works', async () => {
  const { notes, skipped } = await session.apply([onLayer(null)]);
  expect(notes).toBe(0);
  expect(skipped).toMatchObject([{ reason: expect.stringMatching(/Switch to Design/) }]);
});
