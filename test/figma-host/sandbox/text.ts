import type { Json, RawNode } from '../spec.js';
import { fontsOf } from '../text-runs.js';
import { engine } from './engine.js';

/** The fonts of this Figma. */
const AVAILABLE: { readonly [family: string]: readonly string[] } = {
  Inter: ['Regular', 'Medium', 'Semi Bold', 'Bold'],
  Lora: ['Regular', 'Italic', 'Medium', 'Bold'],
};
const loaded = new Set<string>();

export function availableFonts(): Json[] {
  return Object.entries(AVAILABLE).flatMap(([family, styles]) =>
    styles.map((style): Json => ({ fontName: { family, style } })),
  );
}

export function fontKey(font: Json): string {
  if (typeof font !== 'object' || font === null || Array.isArray(font)) throw new Error('Expected a font name');
  return `${String(font.family)} ${String(font.style)}`;
}

export function isAvailable(key: string): boolean {
  return Object.entries(AVAILABLE).some(([family, styles]) => styles.some((style) => `${family} ${style}` === key));
}

export function markLoaded(key: string): void {
  loaded.add(key);
}

let areAllLoaded = false;

/** Runs an edit by hand, for which Figma loads all fonts. */
export function withAllFonts(act: () => void): void {
  areAllLoaded = true;
  try {
    act();
  } finally {
    areAllLoaded = false;
  }
}

/** Throws like Figma if the font is not loaded. */
export function requireFont(font: Json): void {
  const key = fontKey(font);
  if (!loaded.has(key) && !areAllLoaded) {
    throw new Error(
      `Cannot write to node with unloaded font "${key}". Please call figma.loadFontAsync and await it first.`,
    );
  }
}

/** Throws like Figma if a font of the text, or of a range of it, is not loaded. */
export function requireFonts(node: RawNode, start?: number, end?: number): void {
  for (const font of fontsOf(node.props, start, end)) requireFont(font);
}

/** Whether the text has a font that this Figma does not have. */
export function hasMissingFont(node: RawNode): boolean {
  return fontsOf(node.props).some((font) => !isAvailable(fontKey(font)));
}

/** Resizes an auto-resizing text node to its text: in both directions, or in height at a fixed width. */
export function fitText(node: RawNode): void {
  const { width, height } = engine().sizeOfText(node.props, node.width, node.height);
  [node.width, node.height] = [width, height];
}
