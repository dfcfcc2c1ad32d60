import { afterEach, describe, expect, test } from 'vitest';
import { createFigmaHost, type FigmaHost } from '../../../test/figma-host/figma-host.js';
import type { DocumentSpec, Json, NodeSpec } from '../../../test/figma-host/spec.js';
import type { MainToUi, UiToMain } from '../../src/shared/messages.js';
import { MAIN_JS } from './plugin-session.js';

let host: FigmaHost;
afterEach(() => {
  host.dispose();
  expect(host.cutToasts).toEqual([]);
});

const fill = (r: number, g: number, b: number): Json => [{ type: 'SOLID', color: { r, g, b } }];
const box = (key: string, y = 10): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', x: 10, y, width: 100, height: 40, name: key, props: { fills: fill(1, 0, 0) } },
});
const screen = (key: string, x: number): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 400, height: 600, props: { fills: fill(1, 1, 1) } },
  children: [box(`${key}:box`), box(`${key}:other`, 80)],
});
const FILE: DocumentSpec = {
  name: 'File',
  children: [screen('source', 0), screen('target', 600)],
  pages: [{ key: 'archive', name: 'Archive', children: [] }],
};

async function open(document = FILE, storage = new Map<string, string>()): Promise<void> {
  host = await createFigmaHost({ document, mainJs: MAIN_JS, storage });
}

const id = (key: string): string => host.byKey(key).id;

/** Runs the command and returns its toast. */
async function record(...keys: string[]): Promise<string> {
  host.select(keys.map(id));
  host.reports.length = 0;
  await host.runCommand('record-edits');
  for (;;) {
    const closed = host.reports.find(({ kind }) => kind === 'closePlugin');
    if (closed !== undefined) return String(closed.detail);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

type MessageOf<T extends MainToUi['type']> = Extract<MainToUi, { type: T }>;

async function next<T extends MainToUi['type']>(type: T, act: () => unknown): Promise<MessageOf<T>> {
  const received = new Promise<MessageOf<T>>((resolve) => {
    const stop = host.onMainMessage((message) => {
      const known = message as MainToUi;
      if (known.type !== type) return;
      stop();
      resolve(known as MessageOf<T>);
    });
  });
  await act();
  return received;
}

async function session(): Promise<MessageOf<'session'>> {
  return next('session', async () => {
    await host.runCommand('transfer-edits');
    host.sendToMain({ type: 'ready' } satisfies UiToMain);
  });
}

function startExport(): void {
  const request: UiToMain = {
    ...{ type: 'export.start', command: 'transfer-edits', sourceId: id('source'), targetIds: [id('target')] },
    ...{ overlayIds: [], layerIds: [] },
  };
  host.sendToMain(request);
}

describe('recording a frame', () => {
  test('opens no window, changes nothing in the file, and is there in the next session', async () => {
    await open();
    const before = host.snapshot();
    expect(await record('source')).toBe('Recording “source”. Edit it, then run “Transfer recorded edits…”');
    expect(host.reports.map(({ kind }) => kind)).not.toContain('showUI');
    expect(host.snapshot()).toEqual(before);
    const { recordings, picks } = await session();
    expect(recordings).toMatchObject([{ nodeId: id('source'), name: 'source', frame: { name: 'source' } }]);
    expect(picks.source?.nodeId).toBe(id('source'));
  });

  test('again replaces the first recording', async () => {
    await open();
    await record('source');
    expect(await record('source')).toContain('Recording “source” again.');
    expect((await session()).recordings).toHaveLength(1);
  });

  test('again is refused while there are edits that were not transferred', async () => {
    await open();
    await record('source');
    host.edit(id('source'), { opacity: 0.5 });
    const refusal = '“source” has recorded edits. Transfer them, or delete the recording, first.';
    expect(await record('source')).toBe(refusal);
    await host.runCommand('transfer-edits');
    const message: UiToMain = {
      ...{ type: 'edits.apply', command: 'transfer-edits', sourceId: id('source'), targets: [] },
    };
    await next('edits.applied', () => host.sendToMain(message));
    expect(await record('source')).toContain('Recording “source” again.');
  });

  test.each([
    [[], 'Select the frame to record, then run the command again.'],
    [['source', 'target'], 'Select one frame only: edits are recorded on one frame at a time.'],
    [['source:box'], '“source:box” is not a frame. Select the frame around it to record edits.'],
  ])('of %j says why it cannot be', async (keys, sentence) => {
    await open();
    expect(await record(...keys)).toBe(sentence);
  });

  test('of a long name is told in the length of a toast', async () => {
    const name = 'Checkout / Step 3 / Payment / With a saved card and an error'.repeat(3);
    await open({
      ...FILE,
      children: [
        { ...screen('source', 0), name },
        { ...box('loose'), name },
      ],
    });
    for (const key of ['source', 'source', 'loose']) {
      const toast = await record(key);
      expect(toast).toContain('“Checkout / Step 3 / Pay…”');
      expect(toast.length).toBeLessThanOrEqual(100);
    }
  });

  test('is deleted on request', async () => {
    await open();
    await record('source');
    await session();
    host.sendToMain({ type: 'recording.delete', nodeId: id('source') } satisfies UiToMain);
    const again = () => next('session', () => host.sendToMain({ type: 'ready' } satisfies UiToMain));
    await expect.poll(async () => (await again()).recordings, { timeout: 60_000 }).toEqual([]);
    expect((await session()).recordings).toEqual([]);
  });
});

describe('a recorded frame', () => {
  test('is exported as it was, with what it is now and the edited layers as the first items', async () => {
    await open();
    await record('source');
    host.edit(id('source:other'), { opacity: 0.5 });
    await session();
    const frames: MessageOf<'export.frame'>[] = [];
    host.onMainMessage((message) => {
      const known = message as MainToUi;
      if (known.type === 'export.frame') frames.push(known);
    });
    const done = await next('export.done', startExport);
    expect(frames.map(({ frame }) => frame.nodeId)).toEqual([id('source'), id('target')]);
    const [base] = frames;
    expect(base?.frame.edits?.design.layers[id('source:other')]?.props.opacity).toBe(1);
    expect(done.after?.layers[id('source:other')]?.props.opacity).toBe(0.5);
    expect(done.items[0]?.item).toEqual({ kind: 'layer', itemId: id('source:other'), layerId: id('source:other') });
  });

  test('names edited layers that were hidden, since they are not in its picture', async () => {
    const hidden: NodeSpec = { ...box('badge', 160), props: { fills: fill(0, 1, 0), visible: false } };
    const source = screen('source', 0);
    await open({
      ...FILE,
      children: [{ ...source, children: [...(source.children ?? []), hidden] }, screen('target', 600)],
    });
    await record('source');
    host.edit(id('badge'), { visible: true });
    host.edit(id('source:other'), { visible: false });
    await session();
    const { notices, items } = await next('export.done', startExport);
    expect(notices).toEqual([
      'Edits of hidden layers are not transferred: “badge”. Show the layers before you record the frame.',
    ]);
    expect(items[0]?.item.itemId).toBe(id('source:other'));
  });

  test('without edits has nothing to transfer', async () => {
    await open();
    await record('source');
    await session();
    const { problem } = await next('export.failed', startExport);
    expect(problem.message).toBe('“source” has not changed since it was recorded.');
  });

  test('that was deleted is named, and its duplicate has no recording', async () => {
    await open();
    await record('source');
    const [sourceId, duplicateId] = [id('source'), host.duplicate(id('source'))];
    host.removeNode(sourceId);
    const { recordings } = await session();
    expect(recordings).toMatchObject([{ nodeId: sourceId, name: 'source', frame: null }]);
    expect(recordings.map(({ nodeId }) => nodeId)).not.toContain(duplicateId);
  });

  test('keeps its recording on another page', async () => {
    await open();
    await record('source');
    host.moveNode(id('source'), id('archive'));
    expect((await session()).recordings).toMatchObject([{ nodeId: id('source'), frame: { name: 'source' } }]);
  });

  test('is not listed in a file of the same name with other layers, but in its own after a renaming', async () => {
    const storage = new Map<string, string>();
    await open(FILE, storage);
    await record('source');
    const sourceId = id('source');
    host.dispose();
    await open({ ...FILE, children: [screen('other', 0)] }, storage);
    expect(id('other')).toBe(sourceId);
    expect((await session()).recordings).toEqual([]);
    host.dispose();
    await open({ ...FILE, name: 'Renamed' }, storage);
    expect((await session()).recordings).toMatchObject([{ nodeId: sourceId, name: 'source' }]);
  });
});
