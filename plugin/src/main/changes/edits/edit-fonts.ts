import { isList, isRecord } from '../../../edits/fingerprint.js';
import type { Value } from '../../../shared/design.js';
import { loadFonts } from '../../canvas/nodes.js';

/** Loads the fonts of all text in the node and those in `value`. Returns a sentence if one is missing, else null. */
export async function loadFontsFor(node: SceneNode, value: Value = null): Promise<string | null> {
  const missing = (await loadFonts(node)) ?? (await loadAll(fontsIn(value)));
  return missing === null ? null : `The font ${missing} is missing. Install it and try again.`;
}

/** Loads the font of a text style. Returns a sentence if it is missing, else null. */
export async function loadFontOfStyle(style: BaseStyle): Promise<string | null> {
  if (style.type !== 'TEXT') return null;
  const missing = await loadAll([style.fontName]);
  return missing === null ? null : `The font ${missing} is missing. Install it and try again.`;
}

async function loadAll(fonts: readonly FontName[]): Promise<string | null> {
  for (const font of fonts) {
    try {
      await figma.loadFontAsync(font);
    } catch {
      return `${font.family} ${font.style}`;
    }
  }
  return null;
}

/** Font names at any depth. */
function fontsIn(value: Value): FontName[] {
  if (isList(value)) return value.flatMap(fontsIn);
  if (!isRecord(value)) return [];
  const { family, style } = value;
  if (typeof family === 'string' && typeof style === 'string') return [{ family, style }];
  return Object.values(value).flatMap(fontsIn);
}
