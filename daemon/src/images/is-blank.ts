import type { RgbImage } from './decode.js';

/** Levels (of 255) that compression may add to a plain colour. */
const NOISE_LEVELS = 3;

/** Is the whole image of one colour? Then there is nothing in it that could be found elsewhere. */
export function isBlank({ rgb }: RgbImage): boolean {
  const [red = 0, green = 0, blue = 0] = rgb;
  const first = [red, green, blue];
  for (let i = 0; i < rgb.length; i++) {
    if (Math.abs((rgb[i] ?? 0) - (first[i % 3] ?? 0)) > NOISE_LEVELS) return false;
  }
  return true;
}
