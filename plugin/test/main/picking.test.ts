import sharp from 'sharp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { type Command, NO_JOB, type Picks } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const FILL = [{ type: 'SOLID', color: { r: 1, g: 0, b: 0 } }];
const frame = (key: string, x: number, spec: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 390, height: 844 },
  ...spec,
  props: { fills: FILL, ...spec.props },
});
const note = [{ label: 'Note' }];

async function open(document: DocumentSpec, command: Command, selected: string[]): Promise<Picks> {
  session = await PluginSession.open(document, { command, selected });
  session.send({ type: 'ready' });
  return (await session.next('session')).picks;
}

const names = (frames: readonly { name: string }[]) => frames.map(({ name }) => name);

describe('the first picks', () => {
  const FILE: DocumentSpec = {
    name: 'File',
    children: [frame('left', 0), frame('annotated', 500, { props: { annotations: note } }), frame('right', 1000)],
  };
  const selected = ['right', 'annotated', 'left'];

  test('are the one annotated frame as source and the others as targets', async () => {
    const { source, targets } = await open(FILE, 'transfer-annotations', selected);
    expect([source?.name, names(targets)]).toEqual(['annotated', ['left', 'right']]);
  });

  test('are those of the last run if one of its frames is selected', async () => {
    await open(FILE, 'transfer-annotations', selected);
    await session.exportFrames('transfer-annotations', 'annotated', ['left']);
    await session.apply([session.onLayer('left', 'annotated', 'left')], 'transfer-annotations', 'annotated');
    await session.host.runCommand('transfer-annotations');
    session.send({ type: 'ready' });
    const { picks } = await session.next('session');
    expect([picks.source?.name, names(picks.targets)]).toEqual(['annotated', ['left', 'right']]);
  });

  test('of two versions are in the order of their places', async () => {
    const { source, after } = await open(FILE, 'align-compare', ['right', 'left']);
    expect([source?.name, after?.name]).toEqual(['left', 'right']);
  });
});

describe('picks of a window that was closed', () => {
  const FILE: DocumentSpec = {
    name: 'File',
    children: ['one', 'two', 'three'].map((key, index) => frame(key, index * 500)),
  };

  /** Closes the window with picks, and opens it again with this selection. */
  async function reopen(selected: string[]): Promise<Picks> {
    await open(FILE, 'transfer-annotations', []);
    const [sourceId, targetId] = [session.id('one'), session.id('two')];
    const command = 'transfer-annotations' as const;
    const pending = { jobId: NO_JOB, command, sourceId, targetIds: [targetId], overlayIds: [] };
    session.send({ type: 'pending.save', pending });
    session.send({ type: 'close' });
    await vi.waitFor(() => expect(session.host.reports.map(({ kind }) => kind)).toContain('closePlugin'));
    session.host.select(selected.map((key) => session.id(key)));
    await session.host.runCommand(command);
    session.send({ type: 'ready' });
    const message = await session.next('session');
    expect(message.pending).toBeNull();
    return message.picks;
  }

  test.each([[[]], [['two']]])('are those of the next one if %j is selected', async (selected) => {
    const { source, targets } = await reopen(selected);
    expect([source?.name, names(targets)]).toEqual(['one', ['two']]);
    // once
    await session.host.runCommand('transfer-annotations');
    session.send({ type: 'ready' });
    expect((await session.next('session')).picks.source).toBeNull();
  });

  test('give way to another selection', async () => {
    expect((await reopen(['three'])).source).toBeNull();
  });
});

describe('thumbnails', () => {
  const FILE: DocumentSpec = {
    name: 'File',
    children: [frame('tall', 0), frame('wide', 500, { width: 800, height: 200 }), frame('third', 1500)],
  };

  test('are small images of frames, at most 96 pixels long', async () => {
    await open(FILE, 'transfer-annotations', []);
    for (const key of ['tall', 'wide'])
      session.send({ type: 'thumbnail.want', nodeId: session.id(key), isWanted: true });
    const drawn = [await session.next('thumbnail'), await session.next('thumbnail')];
    const sizes = await Promise.all(drawn.map(({ png }) => sharp(Buffer.from(png ?? [])).metadata()));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [44, 96],
      [96, 24],
    ]);
  });

  test('that are no longer wanted are not drawn', async () => {
    await open(FILE, 'transfer-annotations', []);
    for (const key of ['tall', 'wide', 'third']) {
      session.send({ type: 'thumbnail.want', nodeId: session.id(key), isWanted: true });
    }
    session.send({ type: 'thumbnail.want', nodeId: session.id('wide'), isWanted: false });
    expect([(await session.next('thumbnail')).nodeId, (await session.next('thumbnail')).nodeId]).toEqual([
      session.id('tall'),
      session.id('third'),
    ]);
  });

  test('of a frame that cannot be exported are missing, and the next one is drawn', async () => {
    await open(FILE, 'transfer-annotations', []);
    session.host.breakExport(session.id('tall'), 'fails');
    for (const key of ['tall', 'wide'])
      session.send({ type: 'thumbnail.want', nodeId: session.id(key), isWanted: true });
    expect((await session.next('thumbnail')).png).toBeNull();
    expect((await session.next('thumbnail')).png).not.toBeNull();
  });
});

test('frames that look alike are those of the page and its sections, without placed, hidden and other kinds', async () => {
  const section: NodeSpec = {
    ...{ key: 'section', type: 'SECTION', name: 'Section', y: 1000, width: 1000, height: 900 },
    children: [frame('inside', 0, { name: 'Inbox / 4' })],
  };
  const children = [
    frame('source', 0, { name: 'Inbox / 1', props: { annotations: note } }),
    frame('named', 500, { name: 'inbox-2', width: 800 }),
    frame('sized', 1500, { name: 'Settings' }),
    frame('hidden', 2000, { name: 'Inbox / 3', props: { visible: false } }),
    frame('other', 2500, { name: 'Wide', width: 1200 }),
    { ...frame('group', 4000, { name: 'Inbox / 5' }), type: 'RECTANGLE' } satisfies NodeSpec,
    section,
  ];
  const pages = [{ key: 'archive', name: 'Archive', children: [frame('away', 0, { name: 'Inbox / 9' })] }];
  await open({ name: 'File', children, pages }, 'transfer-annotations', ['source']);
  // a copy of the source that a run has placed
  await session.exportFrames('transfer-layers', 'named', ['other'], ['sized']);
  await session.apply(
    [session.byTransform('other', 'sized', { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 })],
    'transfer-layers',
    'named',
  );
  session.send({ type: 'alike.find', nodeId: session.id('source') });
  const { byName, bySize } = await session.next('alike');
  expect([names(byName), names(bySize)]).toEqual([
    ['inbox-2', 'Inbox / 4'],
    ['Settings', 'Inbox / 4'],
  ]);
});

test.each(['transfer-annotations', 'transfer-difference', 'propagate-pictures'] as const)(
  'targets that are hidden or deleted meanwhile do not stop %s',
  async (command) => {
    const FILE: DocumentSpec = {
      name: 'File',
      children: ['source', 'after', 'good', 'hidden', 'gone'].map((key, index) =>
        frame(key, index * 500, { props: { annotations: note } }),
      ),
    };
    await open(FILE, command, []);
    const [sourceId, afterId] = [session.id('source'), session.id('after')];
    const targetIds = ['hidden', 'good', 'gone'].map((key) => session.id(key));
    session.host.edit(session.id('hidden'), { visible: false });
    session.host.removeNode(session.id('gone'));
    const isPictures = command === 'propagate-pictures';
    if (isPictures) session.send({ type: 'pictures.export', sourceId, afterId, targetIds, overlayIds: [] });
    else session.send({ type: 'export.start', command, sourceId, afterId, targetIds, overlayIds: [], layerIds: [] });
    const failed = isPictures ? 'pictures.frame-failed' : 'export.frame-failed';
    const reasons = [(await session.next(failed)).problem.message, (await session.next(failed)).problem.message];
    expect(reasons).toEqual(['“hidden” is hidden. Show it and try again.', 'A selected frame was deleted.']);
    await session.next(isPictures ? 'pictures.exported' : 'export.done');
  },
);
