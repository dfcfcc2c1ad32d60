import sharp from 'sharp';
import { afterEach, expect, test } from 'vitest';
import { imageFill } from '../../../test/figma-host/images.js';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import type { ExportedFrame } from '../../src/shared/messages.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const png = async (background: string, width = 60, height = 40) => {
  const image = sharp({ create: { width, height, channels: 4, background } });
  return new Uint8Array(await image.png().toBuffer());
};
const RED = await png('#ff0000');
const BLUE = await png('#0000ff', 40, 20);

const picture = (key: string, x: number, rest: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x, width: 600, height: 400 },
  props: { fills: [imageFill(RED)] },
  ...rest,
});
const dot = (key: string, x: number, props: NodeSpec['props'] = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x, y: 100, width: 60, height: 20 },
  props: { fills: [{ type: 'SOLID', color: { r: 0, g: 1, b: 0 } }], ...props },
});

async function open(children: NodeSpec[], selected: string[] = []): Promise<void> {
  session = await PluginSession.open({ name: 'Pictures', children }, { command: 'propagate-pictures', selected });
}

async function exportPictures(overlayKeys: string[], targetKeys: string[], afterKey?: string) {
  const [sourceId, targetIds] = [session.id('one'), targetKeys.map((key) => session.id(key))];
  const afterId = afterKey === undefined ? null : session.id(afterKey);
  const overlayIds = overlayKeys.map((key) => session.id(key));
  session.send({ type: 'pictures.export', sourceId, afterId, targetIds, overlayIds });
  const frames: ExportedFrame[] = [];
  const total = 1 + targetKeys.length + (afterKey === undefined ? 0 : 1);
  while (frames.length < total) frames.push((await session.next('pictures.frame')).frame);
  return { frames, ...(await session.next('pictures.exported')) };
}

async function applyTo(key: string, bytes: Uint8Array = BLUE) {
  // the export of a picture has two pixels for each canvas unit
  const pictures = [{ targetId: session.id(key), png: bytes, box: { x: 200, y: 100, w: 40, h: 20 } }];
  session.send({ type: 'pictures.apply', sourceId: session.id('one'), pictures });
  return (await session.next('applied')).summary;
}

test('a picture in a frame is a frame, and what lies on it an overlay', async () => {
  const screen: NodeSpec = {
    key: 's',
    type: 'FRAME',
    name: 's',
    width: 900,
    height: 900,
    children: [picture('one', 0)],
  };
  await open([screen, dot('dot', 100)], ['one', 'dot']);
  session.send({ type: 'ready' });
  const { selection } = await session.next('selection');
  expect(selection.frames.map(({ name }) => name)).toEqual(['one']);
  expect(selection.overlays.map(({ name }) => name)).toEqual(['dot']);
});

test('pictures and the layers drawn over the source are exported, in layer order, without a write', async () => {
  await open([picture('one', 0), dot('low', 100), dot('high', 130), picture('two', 700), picture('after', 1400)]);
  const before = JSON.stringify(session.host.snapshot());
  const { frames, overlays, notices } = await exportPictures(['high', 'low'], ['two'], 'after');
  expect(frames.map(({ name, layers }) => [name, layers])).toEqual([
    ['one', []],
    ['after', []],
    ['two', []],
  ]);
  expect(overlays.map(({ name }) => name)).toEqual(['low', 'high']);
  expect(overlays[0]?.transform).toEqual({ a: 1, b: 0, c: 0, d: 1, e: 200, f: 200 });
  const { width, height } = await sharp(overlays[0]?.png).metadata();
  expect([width, height]).toEqual([120, 40]);
  expect(notices).toEqual([]);
  expect(JSON.stringify(session.host.snapshot())).toBe(before);
});

test('what an image cannot carry is named', async () => {
  const children = [picture('one', 0), dot('mask', 0, { isMask: true }), dot('blend', 0, { blendMode: 'MULTIPLY' })];
  await open([...children, dot('hidden', 0, { visible: false }), picture('two', 700)]);
  const { overlays, notices } = await exportPictures(['mask', 'blend', 'hidden'], ['two']);
  expect(overlays.map(({ name }) => name)).toEqual(['blend']);
  expect(notices.join(' ')).toMatch(/“mask” is skipped: it is a mask\. .*“blend” is carried without its blend mode/);
  expect(notices.join(' ')).toMatch(/“hidden” is skipped: it is hidden/);
});

test('the edit is placed right above the picture in one undo step, and a second run replaces it', async () => {
  await open([picture('one', 0), picture('two', 700), dot('top', 0)]);
  const before = session.host.snapshot().length;
  const steps = session.host.undoSteps;
  expect(await applyTo('two')).toMatchObject({ created: 1, updated: 0, skipped: [] });
  expect(session.host.undoSteps).toBe(steps + 1);
  const placed = session.host.nodes().find(({ props }) => props.name === 'Edit of one');
  expect(placed).toMatchObject({
    type: 'RECTANGLE',
    width: 20,
    height: 10,
    parentId: session.host.byKey('two').parentId,
  });
  expect(placed?.absolute.slice(4)).toEqual([800, 50]);
  expect(placed?.props.fills).toMatchObject([{ type: 'IMAGE', scaleMode: 'FILL' }]);
  const page = session.host.snapshot().find(({ id }) => id === placed?.parentId);
  expect(page?.childIds.indexOf(placed?.id ?? '')).toBe((page?.childIds.indexOf(session.id('two')) ?? 0) + 1);
  expect(await applyTo('two', RED)).toMatchObject({ created: 0, updated: 1 });
  expect(session.host.snapshot()).toHaveLength(before + 1);
});

test('the edit of a rotated picture is rotated with it, and that of a frame is on top inside of it', async () => {
  const frame: NodeSpec = { key: 'frame', type: 'FRAME', name: 'frame', x: 2000, width: 600, height: 400 };
  await open([picture('one', 0), picture('turned', 900, { rotation: 90 }), { ...frame, children: [picture('in', 0)] }]);
  await applyTo('turned');
  const placed = session.host.nodes().find(({ props }) => props.name === 'Edit of one');
  const turned = session.host.byKey('turned');
  const angles = turned.absolute.slice(0, 4).map((part) => expect.closeTo(part, 9));
  expect(placed?.absolute.slice(0, 4)).toEqual(angles);
  await applyTo('frame');
  const inside = session.host.nodes().filter(({ parentId }) => parentId === session.id('frame'));
  expect(inside.map(({ props }) => props.name).sort()).toEqual(['Edit of one', 'in']);
});

test('a deleted target and an image that Figma rejects are skipped', async () => {
  await open([picture('one', 0), picture('two', 700)]);
  const { skipped } = await applyTo('two', new Uint8Array([1, 2, 3]));
  expect(skipped[0]?.reason).toMatch(/^Figma rejected the image/);
  const pictures = [{ targetId: '9:9', png: BLUE, box: { x: 0, y: 0, w: 1, h: 1 } }];
  session.send({ type: 'pictures.apply', sourceId: session.id('one'), pictures });
  expect((await session.next('applied')).summary.skipped[0]?.reason).toMatch(/deleted/);
});
