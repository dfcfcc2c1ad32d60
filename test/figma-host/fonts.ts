import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font } from 'opentype.js';

const require = createRequire(import.meta.url);
// the Node entry of the package is CommonJS without named exports
const opentype: typeof import('opentype.js') = require('opentype.js');
const FILES: { readonly [style: string]: string } = {
  Regular: '400Regular/Inter_400Regular.ttf',
  Medium: '500Medium/Inter_500Medium.ttf',
  'Semi Bold': '600SemiBold/Inter_600SemiBold.ttf',
  Bold: '700Bold/Inter_700Bold.ttf',
};
const loaded = new Map<string, Font>();

/** A style of Inter from a package, so that images do not depend on installed fonts. */
export function interFont(style: string): Font {
  const known = loaded.get(style);
  if (known !== undefined) return known;
  const file = FILES[style] ?? FILES.Regular ?? '';
  const bytes = readFileSync(require.resolve(`@expo-google-fonts/inter/${file}`));
  const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  loaded.set(style, font);
  return font;
}

/** Width of a line in px, without kerning since opentype.js does not support the font's contextual rules. */
export function measureText(text: string, style: string, fontSize: number): number {
  const font = interFont(style);
  return [...text].reduce((width, letter) => width + advance(font, letter, fontSize), 0);
}

/** The outlines of a line as an SVG path, starting at `x` on the baseline. */
export function outlineText(text: string, style: string, fontSize: number, x: number, baseline: number): string {
  const font = interFont(style);
  let at = x;
  return [...text]
    .map((letter) => {
      const path = font.charToGlyph(letter).getPath(at, baseline, fontSize).toPathData(2);
      at += advance(font, letter, fontSize);
      return path;
    })
    .join('');
}

function advance(font: Font, letter: string, fontSize: number): number {
  return ((font.charToGlyph(letter).advanceWidth ?? 0) * fontSize) / font.unitsPerEm;
}

/** Inter as CSS, for pages that are drawn by a browser. */
export function interStyleSheet(): string {
  const faces = Object.values(FILES).map((file) => {
    const bytes = readFileSync(require.resolve(`@expo-google-fonts/inter/${file}`));
    const source = `url(data:font/ttf;base64,${bytes.toString('base64')})`;
    return `@font-face{font-family:Inter;font-weight:${Number.parseInt(file, 10)};src:${source}}`;
  });
  return faces.join('');
}
