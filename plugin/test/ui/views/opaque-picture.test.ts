import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeOpaque } from '../../../src/ui/views/opaque-picture.js';

afterEach(() => vi.unstubAllGlobals());

/** Ten pixels, of which some are of one lightness and the rest are clear. */
interface Picture {
  lightness: number;
  count: number;
}

/** What is drawn on the canvas of the first picture, and under it. The second is compared with it. */
async function drawn(...pictures: readonly Picture[]): Promise<unknown[]> {
  const steps: unknown[] = [];
  const closed = vi.fn();
  let decoded = 0;
  vi.stubGlobal('createImageBitmap', async () => ({
    width: 10,
    height: 1,
    picture: pictures[decoded++],
    close: closed,
  }));
  class Canvas {
    getContext = () => {
      let drawnPicture: Picture | undefined;
      const context = {
        globalCompositeOperation: '',
        fillStyle: '',
        drawImage: ({ picture }: { picture: Picture }) => {
          drawnPicture = picture;
        },
        getImageData: () => ({ data: pixelsOf(drawnPicture) }),
        fillRect: () => steps.push(drawnPicture, context.globalCompositeOperation, context.fillStyle),
      };
      return context;
    };
    transferToImageBitmap = () => 'opaque';
  }
  vi.stubGlobal('OffscreenCanvas', Canvas);
  const [png, other] = pictures.map(() => new Uint8Array());
  expect(await decodeOpaque(png ?? new Uint8Array(), other)).toBe('opaque');
  expect(closed).toHaveBeenCalledTimes(pictures.length);
  return steps;
}

function pixelsOf({ lightness, count }: Picture = { lightness: 0, count: 0 }): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 40 }, (_, at) => (at / 4 >= count ? 0 : at % 4 === 3 ? 255 : lightness));
}

const LIGHT: Picture = { lightness: 255, count: 3 };
const DARK: Picture = { lightness: 20, count: 3 };
const FULL: Picture = { lightness: 255, count: 8 };

describe('the picture of a frame', () => {
  it.each([
    ['black, if light content would vanish on white', [LIGHT], '#000000'],
    ['white, if its content is dark', [DARK], '#ffffff'],
    ['white, if it has a ground of its own', [FULL], '#ffffff'],
    ['black, if the one that it is compared with is', [FULL, LIGHT], '#000000'],
  ])('is laid on %s', async (_name, pictures, expected) => {
    expect(await drawn(...pictures)).toEqual([pictures[0], 'destination-over', expected]);
  });
});
