/**
 * Text as strokes, for drawings on machines without fonts: digits, percent, punctuation, and the letters of the legend.
 * Glyphs are 12 units high above the baseline, which is at 12.
 */
const GLYPHS: Readonly<Record<string, readonly [width: number, path: string]>> = {
  '0': [8, 'M4 0C1.4 0 .5 2.7 .5 6S1.4 12 4 12 7.5 9.3 7.5 6 6.6 0 4 0Z'],
  '1': [6, 'M1 2.7L4 0V12'],
  '2': [8, 'M.8 3C.8 1.2 2.2 0 4 0S7.3 1.2 7.3 3.2C7.3 5.2 5.5 6.8 .8 12H7.5'],
  '3': [
    8,
    'M.8 1.8C1.5 .7 2.6 0 4 0 5.9 0 7.1 1.2 7.1 2.9S5.8 5.7 3.4 5.7C6 5.7 7.5 7 7.5 8.9S6 12 4 12C2.4 12 1.1 11.3 .5 10',
  ],
  '4': [8, 'M6 12V0L.4 8.5H8'],
  '5': [8, 'M7 0H1.6L1 5.6C1.8 4.9 2.8 4.6 3.9 4.6 6 4.6 7.5 6.1 7.5 8.2S6 12 3.9 12C2.4 12 1.1 11.3 .5 10.2'],
  '6': [
    8,
    'M6.9 1.4C6.2 .5 5.2 0 4.2 0 1.7 0 .5 2.8 .5 6.6 .5 10 1.9 12 4.1 12 6.1 12 7.5 10.4 7.5 8.3S6.1 4.7 4.1 4.7C2.3 4.7 .9 5.9 .6 7.5',
  ],
  '7': [8, 'M.5 0H7.5L3 12'],
  '8': [
    8,
    'M4 5.6C2.2 5.6 1 4.4 1 2.8S2.2 0 4 0 7 1.2 7 2.8 5.8 5.6 4 5.6 .5 7 .5 8.8 1.9 12 4 12 7.5 10.6 7.5 8.8 5.8 5.6 4 5.6Z',
  ],
  '9': [
    8,
    'M1.1 10.6C1.8 11.5 2.8 12 3.8 12 6.3 12 7.5 9.2 7.5 5.4 7.5 2 6.1 0 3.9 0 1.9 0 .5 1.6 .5 3.7S1.9 7.3 3.9 7.3C5.7 7.3 7.1 6.1 7.4 4.5',
  ],
  '%': [
    11,
    'M2.6 .2A2.1 2.5 0 1 0 2.6 5.2 2.1 2.5 0 1 0 2.6 .2ZM8.4 6.8A2.1 2.5 0 1 0 8.4 11.8 2.1 2.5 0 1 0 8.4 6.8ZM9 0L2 12',
  ],
  ':': [2, 'M1 5V5.1M1 11.7V11.8'],
  ',': [2, 'M1.3 11.3L.4 14'],
  ' ': [4, ''],
  a: [
    7,
    'M1 5.6C1.6 4.5 2.6 4 3.7 4 5.5 4 6.3 5 6.3 6.8V12M6.3 7.4H3.6C1.7 7.4 .6 8.3 .6 9.7S1.6 12 3.2 12C4.8 12 6.3 11 6.3 9',
  ],
  c: [7, 'M6.5 5.5C5.9 4.5 5 4 3.9 4 1.9 4 .6 5.6 .6 8S1.9 12 3.9 12C5 12 5.9 11.5 6.5 10.5'],
  e: [7, 'M.7 7.9H6.9C6.9 5.5 5.8 4 3.8 4S.6 5.6 .6 8 1.9 12 4 12C5.1 12 6 11.6 6.6 10.7'],
  n: [7, 'M1 12V4M1 7C1.5 5 2.6 4 4 4 5.8 4 6.5 5.2 6.5 7V12'],
  o: [7.5, 'M3.8 4C1.8 4 .6 5.6 .6 8S1.8 12 3.8 12 7 10.4 7 8 5.8 4 3.8 4Z'],
  p: [7.5, 'M1 15.5V4M1 8C1 5.6 2.2 4 4 4S7 5.6 7 8 5.8 12 4 12 1 10.4 1 8'],
  r: [5, 'M1 12V4M1 7.2C1.4 5.2 2.5 4 4.6 4.1'],
  t: [5, 'M2.3 1.5V10C2.3 11.4 2.9 12 4.1 12H5M.3 4H5'],
  u: [7.5, 'M1 4V9C1 10.8 1.8 12 3.5 12 5 12 6 11 6.5 9.3M6.5 4V12'],
};

const UNITS = { height: 12, gap: 2.6 } as const;

/** Line widths as parts of the height. */
const WIDTHS = { text: 0.14, halo: 0.5 } as const;

/** How text is drawn. The halo separates it from any background. */
export interface TextStyle {
  /** Of the digits, in pixels. */
  height: number;
  colour: string;
  halo: string;
}

/** The width of a text in pixels, without its halo. */
export function textWidth(text: string, height: number): number {
  const widths = [...text].map((character) => glyphOf(character)[0]);
  const units = widths.reduce((sum, width) => sum + width + UNITS.gap, -UNITS.gap);
  return (Math.max(0, units) * height) / UNITS.height;
}

/** Pixels by which the halo exceeds the text on each side. */
export function haloWidth(height: number): number {
  return (WIDTHS.halo * height) / 2;
}

/**
 * SVG of a text that needs no fonts.
 * @param x left edge, and `y` top of the digits, in pixels
 * @throws RangeError for a character without a glyph
 */
export function drawText(text: string, x: number, y: number, { height, colour, halo }: TextStyle): string {
  let left = 0;
  const paths: string[] = [];
  for (const character of text) {
    const [width, path] = glyphOf(character);
    if (path !== '') paths.push(`<path transform="translate(${round(left)} 0)" d="${path}"/>`);
    left += width + UNITS.gap;
  }
  const glyphs = paths.join('');
  const place = `translate(${round(x)} ${round(y)}) scale(${round(height / UNITS.height, 1000)})`;
  const line = 'fill="none" stroke-linecap="round" stroke-linejoin="round"';
  const layer = (stroke: string, width: number) =>
    `<g stroke="${stroke}" stroke-width="${round(width * UNITS.height)}">${glyphs}</g>`;
  return `<g transform="${place}" ${line}>${layer(halo, WIDTHS.halo)}${layer(colour, WIDTHS.text)}</g>`;
}

function glyphOf(character: string): readonly [width: number, path: string] {
  const glyph = GLYPHS[character];
  if (glyph === undefined) throw new RangeError(`there is no glyph for "${character}"`);
  return glyph;
}

function round(value: number, steps = 100): number {
  return Math.round(value * steps) / steps;
}
