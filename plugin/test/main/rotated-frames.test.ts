import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import type { HostOptions } from '../../../test/figma-host/figma-host.js';
import type { DocumentSpec, NodeSpec } from '../../../test/figma-host/spec.js';
import { PluginSession } from './plugin-session.js';

let session: PluginSession;
afterEach(() => session.close());

const fill = (r: number, g: number, b: number) => [{ type: 'SOLID', color: { r, g, b } }];
const SQUARE: NodeSpec = {
  ...{ key: 'square', type: 'RECTANGLE', name: 'Square', x: 40, y: 60, width: 30, height: 20 },
  props: { fills: fill(1, 0, 0) },
};
const frame = (spec: Partial<NodeSpec>): DocumentSpec => ({
  name: 'File',
  children: [
    {
      ...{ key: 'turned', type: 'FRAME', name: 'Turned', x: 500, y: 300, width: 200, height: 150 },
      ...spec,
      props: { fills: fill(1, 1, 1), annotations: [{ label: 'Note' }] },
      children: [SQUARE],
    },
    { key: 'other', type: 'FRAME', name: 'Other', width: 200, height: 150, props: { fills: fill(1, 1, 1) } },
  ],
});

async function open(document: DocumentSpec, rotatedExports: NonNullable<HostOptions['rotatedExports']>): Promise<void> {
  session = await PluginSession.open(document, { rotatedExports, selected: ['turned'] });
  session.send({ type: 'ready' });
}

// Figma does not document which of both its exports are
describe.each(['own', 'canvas'] as const)('if exports of rotated frames show their %s box', (space) => {
  test.each([
    ['rotated by 30°', { rotation: 30 }],
    ['rotated by 90°', { rotation: 90 }],
    ['flipped and rotated', { rotation: 30, isFlipped: true }],
  ])('boxes of a frame that is %s are where the layers are in the image', async (_, spec) => {
    await open(frame(spec), space);
    const { frames } = await session.exportFrames('transfer-annotations', 'turned', ['other']);
    const square = frames[0]?.layers.find(({ name }) => name === 'Square');
    if (frames[0] === undefined || square === undefined) throw new Error('no square');
    const { data, info } = await sharp(Buffer.from(frames[0].png)).raw().toBuffer({ resolveWithObject: true });
    const red: { x: number; y: number }[] = [];
    for (let index = 0; index < info.width * info.height; index += 1) {
      const [r = 0, g = 255, , a = 0] = data.subarray(index * info.channels);
      if (r > 200 && g < 60 && a > 200) red.push({ x: index % info.width, y: Math.floor(index / info.width) });
    }
    const { x, y, w, h } = square.box;
    expect(Math.min(...red.map((pixel) => pixel.x))).toBeCloseTo(x, -1);
    expect(Math.max(...red.map((pixel) => pixel.x))).toBeCloseTo(x + w, -1);
    expect(Math.min(...red.map((pixel) => pixel.y))).toBeCloseTo(y, -1);
    expect(Math.max(...red.map((pixel) => pixel.y))).toBeCloseTo(y + h, -1);
  });

  test('a layer is placed where it was matched in a rotated frame', async () => {
    await open(frame({ rotation: 30 }), space);
    await session.exportFrames('transfer-layers', 'other', ['turned'], ['square']);
    const original = session.host.byKey('square');
    // from its place in the export of the other frame to the first pixel of the rotated one
    const transform = { a: 1, b: 0, c: 0, d: 1, e: -original.absolute[4] * 2, f: -original.absolute[5] * 2 };
    await session.apply([session.byTransform('turned', 'square', transform)], 'transfer-layers', 'other');
    const copy = session.host.nodes().find(({ id, props }) => id !== original.id && props.name === original.props.name);
    const origin = session.host.byKey('turned').absolute;
    // pixel (0,0) is the corner of the frame, or that of its bounding box
    const corners = { own: [origin[4], origin[5]], canvas: [500, 300 - 100] };
    expect([copy?.absolute[4], copy?.absolute[5]].map((one) => Math.round(one ?? 0))).toEqual(corners[space]);
  });
});

test.each([
  ['flipped', { isFlipped: true }, /“Turned” is flipped, and Figma doesn’t tell .* Flip it back and try again/],
  ['rotated by 180°', { rotation: 180 }, /“Turned” is rotated, and Figma doesn’t tell .* Set its rotation to 0/],
  ['square and rotated by 90°', { rotation: 90, width: 150 }, /“Turned” is rotated/],
])('a frame that is %s is refused: both exports would have one size', async (_, spec, reason) => {
  await open(frame(spec), 'own');
  const { frames } = (await session.next('selection')).selection;
  expect(frames[0]?.blocked).toMatch(reason);
});

test.each([
  ['upright', {}],
  ['rotated by less than a pixel', { rotation: 0.05 }],
  ['rotated', { rotation: 30 }],
])('a frame that is %s is not refused', async (_, spec) => {
  await open(frame(spec), 'own');
  expect((await session.next('selection')).selection.frames[0]?.blocked).toBeNull();
});
