import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import { imageFill } from '../../../test/figma-host/images.js';
import type { NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const solid = (r: number, g: number, b: number) => [{ type: 'SOLID', color: { r, g, b } }];
const RED = await sharp({ create: { width: 60, height: 40, channels: 3, background: '#ff0000' } })
  .png()
  .toBuffer();

const picture = (key: string, x: number, rest: Partial<NodeSpec> = {}): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x, width: 600, height: 400 },
  props: { fills: [imageFill(RED)] },
  ...rest,
});
const shape = (key: string, x: number, y: number, side = 60): NodeSpec => ({
  ...{ key, type: 'RECTANGLE', name: key, x, y, width: side, height: side },
  props: { fills: solid(0, 0, 1) },
});
const small = (key: string, x: number): NodeSpec => picture(key, x, { y: 20, width: 60, height: 40 });
const frame = (key: string, x: number, children: NodeSpec[]): NodeSpec => ({
  ...{ key, type: 'FRAME', name: key, x, width: 600, height: 400 },
  props: { fills: solid(1, 1, 1) },
  children,
});

async function rolesOf(children: NodeSpec[], selected: string[]) {
  session = await PluginSession.open({ name: 'Pictures', children }, { selected });
  session.send({ type: 'ready' });
  const { selection } = await session.next('selection');
  const names = (all: readonly { name: string }[]) => all.map(({ name }) => name);
  return { frames: names(selection.frames), overlays: names(selection.overlays) };
}

describe('in the selection', () => {
  test('pasted pictures are frames, and what is drawn on one is an overlay', async () => {
    const found = await rolesOf(
      [picture('one', 0), picture('two', 700), shape('arrow', 50, 50)],
      ['one', 'two', 'arrow'],
    );
    expect(found).toEqual({ frames: ['one', 'two'], overlays: ['arrow'] });
  });

  test('a small picture alone may be either, and on a selected picture it is a sticker', async () => {
    const children = [picture('one', 0), small('sticker', 20)];
    expect(await rolesOf(children, ['sticker'])).toEqual({ frames: ['sticker'], overlays: ['sticker'] });
    session.close();
    expect(await rolesOf(children, ['one', 'sticker'])).toEqual({ frames: ['one'], overlays: ['sticker'] });
  });

  test('a picture in a frame is an overlay of the frame', async () => {
    const found = await rolesOf([frame('screen', 0, [picture('photo', 0)])], ['photo']);
    expect(found).toEqual({ frames: ['screen'], overlays: ['photo'] });
  });

  test('a shape without a visible image is no frame', async () => {
    const hidden = { ...picture('one', 0), props: { fills: [{ type: 'IMAGE', imageHash: 'x', visible: false }] } };
    expect(await rolesOf([hidden], ['one'])).toEqual({ frames: [], overlays: ['one'] });
  });

  test('sections, component sets and large groups are frames, and small groups are overlays', async () => {
    const group = (key: string, side: number): NodeSpec => ({
      ...{ key, type: 'GROUP', name: key },
      children: [shape(`${key} part`, 1000, 0, side)],
    });
    const variant: NodeSpec = { ...shape('Variant', 0, 0), type: 'COMPONENT' };
    const children: NodeSpec[] = [
      { key: 'section', type: 'SECTION', name: 'section', width: 300, height: 300, children: [shape('inside', 0, 0)] },
      { key: 'set', type: 'COMPONENT_SET', name: 'set', x: 400, width: 100, height: 100, children: [variant] },
      group('large', 300),
      group('callout', 60),
    ];
    const found = await rolesOf(children, ['section', 'set', 'large', 'callout']);
    expect(found).toEqual({ frames: ['section', 'set', 'large'], overlays: ['callout'] });
  });
});

test('a picture is exported like a frame, also rotated, without what lies on it', async () => {
  const children = [picture('one', 0), picture('turned', 900, { rotation: 30 }), shape('arrow', 50, 50)];
  session = await PluginSession.open({ name: 'Pictures', children });
  const { frames, done } = await session.exportFrames('transfer-layers', 'one', ['turned'], ['arrow']);
  for (const exported of frames) {
    expect([exported.width, exported.height]).toEqual([1200, 800]);
    const { channels } = await sharp(exported.png).stats();
    expect(channels.slice(0, 3).map(({ mean }) => Math.round(mean))).toEqual([255, 0, 0]);
    expect(exported.layers).toHaveLength(1);
  }
  expect(done.items[0]?.item).toMatchObject({ kind: 'overlay', box: { x: 100, y: 100, w: 120, h: 120 } });
});

describe('a copy of a layer on a picture', () => {
  const transfer = async (children: NodeSpec[], itemKeys: string[], targetKey: string) => {
    session = await PluginSession.open({ name: 'Pictures', children });
    const accepted = itemKeys.map((key) => ({
      targetId: session.id(targetKey),
      placement: {
        ...{ kind: 'overlay' as const, itemId: session.id(key), confidence: 1, evidence: { image: 1 } },
        ...{ transform: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, inliers: 1, samples: 1, residualPx: 0 },
      },
    }));
    const summary = await session.apply(accepted, 'transfer-layers', 'one');
    return { summary, accepted };
  };
  const order = (parentId: string | null) =>
    session.host
      .nodes()
      .filter((node) => node.parentId === parentId)
      .map(({ props }) => String(props.name));

  test('is placed in the parent of the picture, right above it and above earlier copies', async () => {
    const children = [
      picture('one', 0),
      picture('two', 700),
      shape('arrow', 50, 50),
      shape('dot', 90, 90),
      shape('top', 0, 0),
    ];
    const { summary, accepted } = await transfer(children, ['arrow', 'dot'], 'two');
    expect(summary).toMatchObject({ created: 2, skipped: [] });
    const two = session.host.byKey('two');
    const placed = session.host
      .nodes()
      .filter(({ props, parentId }) => parentId === two.parentId && props.name === 'arrow');
    expect(placed.map(({ absolute }) => [absolute[4], absolute[5]])).toEqual([
      [50, 50],
      [750, 50],
    ]);
    const page = session.host.snapshot().find(({ id }) => id === two.parentId);
    const names = page?.childIds.map((id) =>
      String(session.host.snapshot().find((node) => node.id === id)?.props.name),
    );
    expect(names).toEqual(['one', 'two', 'arrow', 'dot', 'arrow', 'dot', 'top']);
    const again = await session.apply(accepted, 'transfer-layers', 'one');
    expect(again).toMatchObject({ created: 0, updated: 2 });
    expect(order(two.parentId)).toHaveLength(7);
  });
});
