/** Pixels as RGBA, 8 bits a channel, straight alpha. */
export type RgbaBytes = Uint8Array | Uint8ClampedArray;

/** A colour that images are laid on. */
export type Ground = typeof WHITE | typeof BLACK;

const WHITE = '#ffffff';
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
 * white; white for everything else, such as a light screen with rounded corners. For several images that are compared pixel by
 * pixel, one colour for all, by the content of those without a ground of their own.
 */
export function groundOf(...images: readonly RgbaBytes[]): Ground {
  const contents = images.map(contentOf).filter(({ hasGround }) => !hasGround);
  const sum = (key: 'alphas' | 'light') => contents.reduce((total, content) => total + content[key], 0);
  return sum('light') > MIDDLE * sum('alphas') ? BLACK : WHITE;
}

/** The sums of alpha, and of lightness weighted by alpha. */
function contentOf(rgba: RgbaBytes): { hasGround: boolean; alphas: number; light: number } {
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
  return { hasGround: clear <= (MOST_CLEAR * rgba.length) / 4, alphas, light };
}
