import { afterEach, expect, test } from 'vitest';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const FILL = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
const screen = (key: string): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, width: 400, height: 600 },
  props: { fills: FILL, annotations: [{ label: 'Note' }] },
  children: ['top', 'bottom'].map((part, index) => ({
    ...{ key: `${key}:${part}`, type: 'RECTANGLE', name: part, y: index * 300, width: 400, height: 200 },
    props: { fills: FILL },
  })),
});
const measured = (key: string) => ({ startKey: `${key}:top`, endKey: `${key}:bottom` });
const FILE: DocumentSpec = {
  name: 'Pages',
  children: [screen('here'), screen('beside')],
  pages: [{ key: 'archive', name: 'Archive', children: [screen('away')] }],
  measurements: [measured('here'), measured('away')],
};

test('to reveal a layer on another page shows its page', async () => {
  session = await PluginSession.open(FILE);
  session.send({ type: 'ready' });
  await session.next('session');
  session.send({ type: 'reveal', nodeId: session.id('away:top'), box: null });
  // the selection of the page that is shown
  let selection = await session.next('selection');
  while (!session.host.reports.some(({ kind }) => kind === 'reveal')) selection = await session.next('selection');
  expect(selection.selection.frames).toEqual([]);
  expect(session.host.currentPageId).toBe(session.id('archive'));
  expect(session.host.reports.filter(({ kind }) => kind === 'reveal').map(({ detail }) => detail)).toEqual([
    [session.id('away:top')],
  ]);
});

test('measurements are those of the page of the source, also if another page is shown', async () => {
  session = await PluginSession.open(FILE);
  const { done } = await session.exportFrames('transfer-annotations', 'away', ['here']);
  expect(done.notices.join(' ')).toMatch(/1 measurement is not transferred/);
});
