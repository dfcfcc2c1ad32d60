import { afterEach, describe, expect, test } from 'vitest';
import { inboxDocument } from '../../../test/figma-host/documents/inbox-document.js';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

/** Details of a target as the preview gets them. */
async function target(key: string) {
  const { frames } = await session.exportFrames('transfer-annotations', 'light:screen', [key]);
  return frames[1];
}

describe('an annotation of an earlier run', () => {
  async function transferred(): Promise<void> {
    session = await PluginSession.open(inboxDocument());
    await session.apply([session.onLayer('dark:screen', 'light:bell', 'dark:bell')]);
  }
  const rewrite = (key: string, ...labels: string[]) =>
    session.host.editAnnotations(
      session.id(key),
      labels.map((label) => ({ label })),
    );
  const itemId = () => `${session.id('light:bell')}#0`;

  test('that someone has changed is sent with its words of now', async () => {
    await transferred();
    rewrite('dark:bell', 'My own words');
    expect((await target('dark:screen'))?.changed).toEqual([{ itemId: itemId(), text: 'My own words' }]);
  });

  test('that is as it was is not', async () => {
    await transferred();
    expect(await target('dark:screen')).not.toHaveProperty('changed');
  });

  test('that is gone, or that has got the words of the source, is not', async () => {
    await transferred();
    rewrite('dark:bell');
    expect(await target('dark:screen')).not.toHaveProperty('changed');
    rewrite('light:bell', 'New words');
    rewrite('dark:bell', 'New words');
    expect(await target('dark:screen')).not.toHaveProperty('changed');
  });
});

describe('Select and close', () => {
  const FILE = (): DocumentSpec => {
    const { children, ...file } = inboxDocument();
    return { ...file, children, pages: [{ key: 'archive', name: 'Archive', children: [box('a'), box('b')] }] };
  };
  const box = (key: string): NodeSpec => ({ key, type: 'RECTANGLE', name: key, width: 40, height: 40 });
  const finish = async (...nodeIds: string[]) => {
    session.send({ type: 'finish', nodeIds });
    const isClosed = () => session.host.reports.some(({ kind }) => kind === 'closePlugin');
    while (!isClosed()) await new Promise((resolve) => setImmediate(resolve));
  };

  test('selects what was made, and an undo still takes it back', async () => {
    session = await PluginSession.open(inboxDocument());
    const before = session.host.snapshot();
    const { made = [] } = await session.apply([
      session.onLayer('dark:screen', 'light:bell', 'dark:bell'),
      session.onLayer('large:screen', 'light:bell', 'large:bell'),
    ]);
    expect(made).toEqual([session.id('dark:bell'), session.id('large:bell')]);
    await finish(...made);
    expect(new Set(session.host.selection())).toEqual(new Set(made));
    session.host.undo();
    expect(session.host.snapshot()).toEqual(before);
  });

  test('stays on this page if anything was made here, else shows the page with most of it', async () => {
    session = await PluginSession.open(FILE());
    await finish(session.id('a'), session.id('b'), session.id('dark:bell'));
    expect(session.host.selection()).toEqual([session.id('dark:bell')]);
    session.close();
    session = await PluginSession.open(FILE());
    await finish(session.id('a'), session.id('b'));
    expect(session.host.currentPageId).toBe(session.id('archive'));
    expect(new Set(session.host.selection())).toEqual(new Set([session.id('a'), session.id('b')]));
  });

  test('leaves the selection as it is if all was deleted', async () => {
    session = await PluginSession.open(FILE());
    session.host.select([session.id('dark:bell')]);
    await finish('404:1');
    expect(session.host.selection()).toEqual([session.id('dark:bell')]);
  });
});
