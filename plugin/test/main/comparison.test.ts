import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import type { ComparedPicture, ComparisonToMain } from '../../src/shared/comparison.js';
import { PluginSession } from './plugin-session.js';

const colour = (background: string, width = 4) =>
  sharp({ create: { width, height: 4, channels: 3, background } })
    .png()
    .toBuffer();
const [RED, BLUE, HUGE] = await Promise.all([colour('#f00'), colour('#00f'), colour('#0f0', 5000)]);

const frame = (key: string, x: number, y = 0): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, y, width: 200, height: 100 },
  props: { fills: [{ type: 'SOLID', color: { r: 1, g: 1, b: 1 } }] },
  children: [{ key: `${key}:text`, type: 'TEXT', name: 'Title', props: { characters: 'Hello' } }],
});
const DOCUMENT = { name: 'Versions', children: [frame('v2', 300), frame('v1', 0), frame('other', 560)] };

let session: PluginSession;
afterEach(() => session.close());

async function open(selected: string[] = [], editor: 'figma' | 'dev' = 'figma'): Promise<void> {
  session = await PluginSession.open(DOCUMENT, { command: 'align-compare', selected, editor });
  session.send({ type: 'ready' });
}

function place(picture: ComparedPicture, images: ComparisonToMain['images']) {
  const [sourceId, afterId] = [session.id('v1'), session.id('v2')];
  session.send({ type: 'comparison.place', sourceId, afterId, picture, images });
  return session.next('applied');
}

const OVERLAY = [
  { png: new Uint8Array(RED), opacity: 1 },
  { png: new Uint8Array(BLUE), opacity: 0.5 },
];
const RESIDUAL = [{ png: new Uint8Array(BLUE), opacity: 1 }];
const placed = (name: string) => session.host.nodes().filter(({ props }) => props.name === name);

describe('the versions to compare', () => {
  test('are two selected frames, the left one first', async () => {
    await open(['v2', 'v1']);
    const { picks } = await session.next('session');
    expect([picks.source?.name, picks.after?.name]).toEqual(['v1', 'v2']);
  });

  test('are a selected frame and the version that it was compared with', async () => {
    await open();
    await session.next('session');
    await place('residual', RESIDUAL);
    session.host.select([session.id('v2')]);
    await session.host.runCommand('align-compare');
    session.send({ type: 'ready' });
    const { picks } = await session.next('session');
    expect([picks.source?.name, picks.after?.name]).toEqual(['v1', 'v2']);
  });

  test('are exported with their designs and all layers as items', async () => {
    await open();
    const [sourceId, afterId] = [session.id('v1'), session.id('v2')];
    const ids = { sourceId, afterId, targetIds: [], overlayIds: [], layerIds: [] };
    session.send({ type: 'export.start', command: 'align-compare', ...ids });
    const frames = [(await session.next('export.frame')).frame, (await session.next('export.frame')).frame];
    expect(frames.map(({ name, edits }) => [name, Object.keys(edits?.design.layers ?? {}).length])).toEqual([
      ['v1', 2],
      ['v2', 2],
    ]);
    const { items } = await session.next('export.done');
    expect(items.map(({ item }) => item)).toEqual([
      { kind: 'layer', itemId: session.id('v1:text'), layerId: session.id('v1:text') },
    ]);
  });
});

describe('a comparison that is placed', () => {
  test('is a rectangle in the first free place beside the frames, in one undo step', async () => {
    await open();
    const [before, steps] = [session.host.snapshot(), session.host.undoSteps];
    const { summary } = await place('overlay', OVERLAY);
    expect(summary).toMatchObject({ created: 1, updated: 0, skipped: [] });
    const [overlay] = placed('Overlay: v1 → v2');
    // v2 ends at 500; other, from 560 to 760, is in the way
    expect(overlay?.absolute.slice(4)).toEqual([800, 0]);
    expect([overlay?.width, overlay?.height]).toEqual([200, 100]);
    expect(overlay?.props.fills).toMatchObject([{ type: 'IMAGE' }, { type: 'IMAGE', opacity: 0.5 }]);
    expect(session.host.undoSteps).toBe(steps + 1);
    session.send({ type: 'undo' });
    await session.next('undone');
    expect(session.host.snapshot()).toEqual(before);
  });

  test('is replaced by a later one where it is, and has the other picture beside it', async () => {
    await open();
    await place('overlay', OVERLAY);
    const [overlay] = placed('Overlay: v1 → v2');
    session.host.edit(overlay?.id ?? '', { x: 1000, y: 50 });
    expect((await place('overlay', OVERLAY)).summary).toMatchObject({ created: 0, updated: 1 });
    await place('residual', RESIDUAL);
    const again = placed('Overlay: v1 → v2');
    expect(again.map(({ absolute }) => absolute.slice(4))).toEqual([[1000, 50]]);
    expect(placed('Differences: v1 → v2')[0]?.absolute.slice(4)).toEqual([800, 0]);
  });

  test('is not there in Dev Mode, which allows no new layers', async () => {
    await open([], 'dev');
    const before = session.host.snapshot();
    const { summary } = await place('residual', RESIDUAL);
    expect(summary.skipped).toMatchObject([{ reason: expect.stringMatching(/^Dev Mode allows no new layers/) }]);
    expect(session.host.snapshot()).toEqual(before);
  });

  test('is skipped with a reason if the frame is deleted or Figma rejects the image', async () => {
    await open();
    const before = session.host.snapshot();
    const huge = await place('residual', [{ png: new Uint8Array(HUGE), opacity: 1 }]);
    expect(huge.summary.skipped).toMatchObject([{ reason: expect.stringMatching(/^Figma rejected the image: /) }]);
    expect(session.host.snapshot()).toEqual(before);
    const afterId = session.id('v2');
    session.host.removeNode(afterId);
    const request = { sourceId: session.id('v1'), afterId, picture: 'residual', images: RESIDUAL } as const;
    session.send({ type: 'comparison.place', ...request });
    const { summary } = await session.next('applied');
    expect(summary.skipped).toMatchObject([{ reason: 'The frame after the change was deleted.' }]);
  });
});
