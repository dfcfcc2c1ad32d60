import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { NodeSpec, RawNode } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

const TARGET = 'dark:screen';

let session: PluginSession;
let before: RawNode[];
beforeEach(async () => {
  session = await PluginSession.open(inboxDocument(), { selected: [TARGET] });
  session.send({ type: 'ready' });
  await session.next('session');
  before = session.host.snapshot();
});
afterEach(() => session.close());

/** Waits until the plugin has heard that the selected target has this many annotations. */
async function heard(annotations: number): Promise<void> {
  let now = 0;
  while (now !== annotations) now = (await session.next('selection')).selection.frames[0]?.annotations ?? 0;
}

/** Adds an annotation, and waits until Figma has reported that and nothing else will follow. */
async function applied(): Promise<void> {
  await session.apply([session.onLayer(TARGET, 'light:title', 'dark:title')]);
  await heard(1);
  session.host.fireTimers();
}

/** Selects a frame by hand, and waits until the plugin has heard of it. */
async function select(frameId: string): Promise<void> {
  session.host.select([frameId]);
  let selected: string | undefined;
  while (selected !== frameId) selected = (await session.next('selection')).selection.frames[0]?.nodeId;
}

async function refused(): Promise<string> {
  session.send({ type: 'undo' });
  const { problem } = await session.next('undo.failed');
  return `${problem.message} ${problem.hint}`;
}

async function undone(): Promise<void> {
  session.send({ type: 'undo' });
  await session.next('undone');
}

const annotate = (key: string) => session.host.editAnnotations(session.id(key), [{ label: 'By hand' }]);

describe('the undo of the last run', () => {
  test('is possible after a change by a collaborator, which stays', async () => {
    await applied();
    session.host.remoteEdit(session.id('dark:menu'), { annotations: [{ label: 'By a collaborator' }] });
    await heard(2);
    await undone();
    expect(session.host.annotations(session.id('dark:title'))).toEqual([]);
    expect(session.host.annotations(session.id('dark:menu'))).toHaveLength(1);
    expect(session.host.undoSteps).toBe(0);
  });

  test('goes back over other selections to the run', async () => {
    await applied();
    for (const key of ['large:screen', 'light:screen', TARGET]) {
      await select(session.id(key));
    }
    await undone();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('is refused after a change by hand, which stays', async () => {
    await applied();
    annotate('dark:menu');
    await heard(2);
    const edited = session.host.snapshot();
    expect(await refused()).toBe('The file has changed since. Undo in Figma step by step until the run is undone.');
    expect(session.host.snapshot()).toEqual(edited);
  });

  test('is refused after a change by hand elsewhere, also right after the run', async () => {
    await session.apply([session.onLayer(TARGET, 'light:title', 'dark:title')]);
    annotate('large:menu');
    session.host.select([session.id('large:screen')]);
    await heard(1);
    expect(await refused()).toMatch(/has changed since/);
  });

  test('is over after an undo in Figma', async () => {
    await applied();
    session.host.undo();
    await heard(0);
    await undone();
    expect(session.host.snapshot()).toEqual(before);
    expect(session.host.undoSteps).toBe(0);
  });

  test('is refused after a change on another page', async () => {
    const there: NodeSpec = { key: 'there', type: 'FRAME', name: 'There', width: 10, height: 10 };
    session.close();
    session = await PluginSession.open({
      ...inboxDocument(),
      pages: [{ key: 'other', name: 'Other', children: [there] }],
    });
    session.send({ type: 'ready' });
    await session.next('session');
    await session.apply([session.onLayer(TARGET, 'light:title', 'dark:title')]);
    session.host.showPage(session.id('other'));
    await select(session.id('there'));
    await select(session.host.insertNode({ ...there, key: 'new' }, session.id('other')));
    expect(await refused()).toMatch(/has changed since/);
  });
});
