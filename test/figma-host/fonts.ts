import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Font } from 'opentype.js';

const require = createRequire(import.meta.url);
// the Node entry of the package is CommonJS without named exports
const opentype: typeof import('opentype.js') = require('opentype.js');

export interface FontName {
  family: string;
  style: string;
}

/** The fonts that can be loaded, by family and style. */
const FILES: { readonly [family: string]: { readonly [style: string]: string } } = {
  Inter: {
    Regular: '@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf',
    Medium: '@expo-google-fonts/inter/500Medium/Inter_500Medium.ttf',
    'Semi Bold': '@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf',
    Bold: '@expo-google-fonts/inter/700Bold/Inter_700Bold.ttf',
  },
  Lora: {
    Regular: '@expo-google-fonts/lora/400Regular/Lora_400Regular.ttf',
    Italic: '@expo-google-fonts/lora/400Regular_Italic/Lora_400Regular_Italic.ttf',
    Medium: '@expo-google-fonts/lora/500Medium/Lora_500Medium.ttf',
    Bold: '@expo-google-fonts/lora/700Bold/Lora_700Bold.ttf',
  },
};
const loaded = new Map<string, Font>();

/** A font from a package, so that images do not depend on installed fonts. Fonts that are missing become Inter. */
export function fontOf({ family, style }: FontName): Font {
  const name = `${family} ${style}`;
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const inter = FILES.Inter ?? {};
  const file = FILES[family]?.[style] ?? inter[style] ?? inter.Regular ?? '';
  const bytes = readFileSync(require.resolve(file));
  const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  loaded.set(name, font);
  return font;
}

/** Width of a line in px, without kerning since opentype.js does not support the fonts' contextual rules. */
export function measureText(text: string, name: FontName, fontSize: number, letterSpacing = 0): number {
  const font = fontOf(name);
  return [...text].reduce((width, letter) => width + advance(font, letter, fontSize) + letterSpacing, 0);
}

/** The outlines of a line as an SVG path, starting at `x` on the baseline. */
export function outlineText(
  text: string,
  name: FontName,
  fontSize: number,
  letterSpacing: number,
  x: number,
  baseline: number,
): string {
  const font = fontOf(name);
  let at = x;
  return [...text]
    .map((letter) => {
      const path = font.charToGlyph(letter).getPath(at, baseline, fontSize).toPathData(2);
      at += advance(font, letter, fontSize) + letterSpacing;
      return path;
    })
    .join('');
}

function advance(font: Font, letter: string, fontSize: number): number {
  return ((font.charToGlyph(letter).advanceWidth ?? 0) * fontSize) / font.unitsPerEm;
}

/** Inter's automatic line height, relative to the font size; other fonts have that of their tables. */
const AUTO_LINE_HEIGHT = 1.21;

/** Ascent, descent and automatic line height in px. */
export function verticalMetrics(name: FontName, fontSize: number): { ascent: number; descent: number; auto: number } {
  const { ascender, descender, unitsPerEm } = fontOf(name);
  const [ascent, descent] = [(ascender / unitsPerEm) * fontSize, (-descender / unitsPerEm) * fontSize];
  return { ascent, descent, auto: name.family === 'Lora' ? ascent + descent : fontSize * AUTO_LINE_HEIGHT };
}

/** Inter as CSS, for pages that are drawn by a browser. */
export function interStyleSheet(): string {
  const faces = Object.values(FILES.Inter ?? {}).map((file) => {
    const bytes = readFileSync(require.resolve(file));
    const source = `url(data:font/ttf;base64,${bytes.toString('base64')})`;
    const weight = Number.parseInt(file.slice(file.lastIndexOf('_') + 1), 10);
    return `@font-face{font-family:Inter;font-weight:${weight};src:${source}}`;
  });
  return faces.join('');
}
