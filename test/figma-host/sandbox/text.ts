import type { Json, RawNode } from '../spec.js';
import { AUTO_LINE_HEIGHT, wrapLines } from '../text-layout.js';
import { num, prop } from './store.js';

const AVAILABLE = new Set(['Inter Regular', 'Inter Medium', 'Inter Semi Bold', 'Inter Bold']);
const loaded = new Set<string>();

export function fontKey(font: Json): string {
  if (typeof font !== 'object' || font === null || Array.isArray(font)) throw new Error('Expected a font name');
  return `${String(font.family)} ${String(font.style)}`;
}

export function isAvailable(key: string): boolean {
  return AVAILABLE.has(key);
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

/** Resizes an auto-resizing text node to its text: in both directions, or in height at a fixed width. */
export function fitText(node: RawNode): void {
  const mode = prop(node, 'textAutoResize', 'WIDTH_AND_HEIGHT');
  const size = num(node, 'fontSize', 12);
  const style = fontKey(prop(node, 'fontName', { family: 'Inter', style: 'Regular' })).replace('Inter ', '');
  const measure = (line: string) => __bridge.measureText(line, style, size);
  const characters = String(prop(node, 'characters', ''));
  if (mode === 'HEIGHT') node.height = wrapLines(characters, node.width, measure).length * lineHeight(node, size);
  if (mode !== 'WIDTH_AND_HEIGHT') return;
  const lines = characters.split('\n');
  node.width = Math.max(...lines.map(measure));
  node.height = lines.length * lineHeight(node, size);
}

function lineHeight(node: RawNode, size: number): number {
  const value = prop(node, 'lineHeight', { unit: 'AUTO' });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return size * AUTO_LINE_HEIGHT;
  return value.unit === 'PIXELS' && typeof value.value === 'number' ? value.value : size * AUTO_LINE_HEIGHT;
}
