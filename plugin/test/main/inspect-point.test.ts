import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

/** Inspects the light screen in the dark one, which are exported. */
async function exported(editor: 'figma' | 'dev' = 'figma'): Promise<void> {
  const command = 'inspect-point';
  session = await PluginSession.open(inboxDocument(), { command, editor });
  session.send({ type: 'ready' });
  await session.next('selection');
  await session.exportFrames(command, 'light:screen', ['dark:screen']);
}

describe('exported frames', () => {
  test('are outdated by a change of a layer, by a new layer and by a deleted one', async () => {
    await exported();
    session.host.edit(session.id('dark:bell'), { opacity: 0.5 });
    expect(await session.next('export.outdated')).toMatchObject({ frameIds: [session.id('dark:screen')] });
    const deleted = session.id('light:bell');
    session.host.removeNode(deleted);
    expect((await session.next('export.outdated')).deletedIds).toContain(deleted);
  });

  test('are not outdated by what does not show in them', async () => {
    await exported();
    session.host.edit(session.id('dark:screen'), { x: 999 });
    session.host.edit(session.id('large:bell'), { opacity: 0.5 });
    session.host.edit(session.id('dark:bell'), { locked: true });
    session.host.edit(session.id('light:bell'), { opacity: 0.5 });
    expect(await session.next('export.outdated')).toEqual({
      type: 'export.outdated',
      frameIds: [session.id('light:screen')],
      deletedIds: [],
    });
  });
});

test('the window becomes wide and standard again', async () => {
  await exported();
  session.send({ type: 'window', size: 'wide' });
  session.send({ type: 'window', size: 'standard' });
  session.send({ type: 'export.cancel' });
  session.send({ type: 'layer.show', frameId: '', layerId: '99:99', box: { x: 0, y: 0, w: 1, h: 1 } });
  await session.next('select.failed');
  const sizes = session.host.reports.flatMap(({ kind, detail }) => (kind === 'resize' ? [detail] : []));
  expect(sizes).toEqual([
    { width: 840, height: 580 },
    { width: 340, height: 560 },
  ]);
});

test('the layer of a match is selected and shown', async () => {
  await exported();
  const [frameId, layerId] = [session.id('dark:screen'), session.id('dark:bell')];
  session.send({ type: 'layer.show', frameId, layerId, box: { x: 600, y: 100, w: 40, h: 40 } });
  expect(await session.next('selected')).toMatchObject({ count: 1, notices: [] });
  expect(session.host.selection()).toEqual([layerId]);
  expect(session.host.reports.map(({ kind }) => kind)).toContain('viewport');
});

/** A note at a point of the dark screen. */
function placeNote(): void {
  const note = {
    targetId: session.id('dark:screen'),
    itemId: 'point 1,2',
    text: 'Here',
    box: { x: 1, y: 2, w: 0, h: 0 },
  };
  session.send({ type: 'notes.apply', command: 'inspect-point', sourceId: session.id('light:screen'), notes: [note] });
}

test('Dev Mode has all but the note, which says so', async () => {
  await exported('dev');
  const before = session.host.snapshot();
  placeNote();
  await expect(session.next('applied')).rejects.toThrow('Dev Mode allows plugins no new layers, and a note is one.');
  expect(session.host.snapshot()).toEqual(before);
});

test('a note about a point is no run that the next commands start from', async () => {
  await exported();
  placeNote();
  expect((await session.next('applied')).summary.notes).toBe(1);
  const stored = Object.keys(session.host.byKey('dark:screen').sharedPluginData);
  expect(stored.filter((key) => key.endsWith('run'))).toEqual([]);
  expect(stored).not.toEqual([]);
});
