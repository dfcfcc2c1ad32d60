import { createHash } from 'node:crypto';
import type { InspectRequest, TransferRequest } from '@samepoint/shared-protocol';
import { type Colour, draw, toPng } from './draw.js';

/** Encoded, with its id. */
export interface TestImage {
  imageId: string;
  bytes: Uint8Array;
}

/**
 * One row of pixels, so that jobs take a fraction of a second. `seed` makes
 * it unique.
 */
export function strip(seed: number): Promise<TestImage> {
  const dark: Colour = [seed % 256, 40, 40];
  return testImage(2000, 1, [
    { x: 100, y: 0, w: 400, h: 1, colour: dark },
    { x: 1000, y: 0, w: 600, h: 1, colour: [200, 40, 40] },
    { x: 1800, y: 0, w: 60, h: 1, colour: [40, 40, 200] },
  ]);
}

export async function testImage(...drawing: Parameters<typeof draw>): Promise<TestImage> {
  return identified(await toPng(draw(...drawing)));
}

export function identified(bytes: Uint8Array): TestImage {
  return { bytes, imageId: createHash('sha256').update(bytes).digest('hex') };
}

export function imagesOf(...images: readonly TestImage[]): ReadonlyMap<string, Uint8Array> {
  return new Map(images.map(({ imageId, bytes }) => [imageId, bytes]));
}

export function inspectOf(source: TestImage, target: TestImage): InspectRequest {
  const point = { x: 1010, y: 0.5 };
  return { kind: 'inspect', backend: 'ui', source: source.imageId, target: target.imageId, point, matches: 3 };
}

export function transferOf(source: TestImage, ...targets: readonly TestImage[]): TransferRequest {
  return {
    kind: 'transfer',
    backend: 'ui',
    source: { imageId: source.imageId, layers: [] },
    targets: targets.map(({ imageId }, n) => ({ targetId: `t${n}`, frame: { imageId, layers: [] } })),
    items: [
      { kind: 'point', itemId: 'p', point: { x: 1010, y: 0.5 } },
      { kind: 'box', itemId: 'b', box: { x: 100, y: 0, w: 400, h: 1 } },
    ],
  };
}
