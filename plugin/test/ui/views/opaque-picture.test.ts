import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeOpaque } from '../../../src/ui/views/opaque-picture.js';

afterEach(() => vi.unstubAllGlobals());

/** The colour under a picture of ten pixels, of which some are of one lightness and the rest are clear. */
async function colourUnder(lightness: number, count: number): Promise<unknown[]> {
  const drawn: unknown[] = [];
  const closed = vi.fn();
  vi.stubGlobal('createImageBitmap', async () => ({ width: 10, height: 1, close: closed }));
  const data = Uint8ClampedArray.from({ length: 40 }, (_, at) =>
    at / 4 >= count ? 0 : at % 4 === 3 ? 255 : lightness,
  );
  const context = {
    globalCompositeOperation: '',
    fillStyle: '',
    drawImage: () => drawn.push('picture'),
    getImageData: () => ({ data }),
    fillRect: () => drawn.push(context.globalCompositeOperation, context.fillStyle),
  };
  class Canvas {
    getContext = () => context;
    transferToImageBitmap = () => 'opaque';
  }
  vi.stubGlobal('OffscreenCanvas', Canvas);
  expect(await decodeOpaque(new Uint8Array())).toBe('opaque');
  expect(closed).toHaveBeenCalledOnce();
  return drawn;
}

describe('the picture of a frame', () => {
  it.each([
    ['black, if light content would vanish on white', 255, 3, '#000000'],
    ['white, if its content is dark', 20, 3, '#ffffff'],
    ['white, if it has a ground of its own', 255, 8, '#ffffff'],
  ])('is laid on %s', async (_name, lightness, count, expected) => {
    expect(await colourUnder(lightness, count)).toEqual(['picture', 'destination-over', expected]);
  });
});
