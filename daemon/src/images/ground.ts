import type { RgbaImage } from './decode.js';

export const WHITE = '#ffffff';
const BLACK = '#000000';

/** Alpha of 255 below which a pixel counts as transparent. */
const MIN_ALPHA = 128;

/** An image whose pixels are transparent in more than this share has no ground of its own. */
const MOST_CLEAR = 0.5;

/** Content that is lighter than this, of 255, would vanish on white. */
const MIDDLE = 127.5;

/** Weights of the channels in lightness, Rec. 709. */
const LUMA = { red: 0.2126, green: 0.7152, blue: 0.0722 };

/**
 * The colour to lay an image on: black for light content on a transparent ground, such as a frame without fill whose text is
 * white; white for everything else, such as a light screen with rounded corners.
 */
export function groundOf({ rgba }: RgbaImage): string {
  let clear = 0;
  let alphas = 0;
  let light = 0;
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] ?? 0;
    if (alpha < MIN_ALPHA) clear++;
    alphas += alpha;
    const lightness = LUMA.red * (rgba[at] ?? 0) + LUMA.green * (rgba[at + 1] ?? 0) + LUMA.blue * (rgba[at + 2] ?? 0);
    light += alpha * lightness;
  }
  const hasOwnGround = clear <= (MOST_CLEAR * rgba.length) / 4;
  return hasOwnGround || alphas === 0 || light <= MIDDLE * alphas ? WHITE : BLACK;
}
