import type { Box, Point } from '@samepoint/shared-protocol';
import { compose, IDENTITY, toRows } from '../../shared/affine.js';
import { canvasToChildren } from '../canvas/nodes.js';
import { pinName } from '../canvas/plugin-data.js';
import type { Journal } from './journal.js';

/** Style of notes and their pins, in canvas units. */
export const NOTE = {
  font: { family: 'Inter', style: 'Regular' },
  fontSize: 12,
  /** Longer text wraps. */
  maxTextWidth: 240,
  padding: 8,
  cornerRadius: 4,
  /** Distance from the target's edge and between notes. */
  gap: 16,
  background: { r: 1, g: 0.95, b: 0.72 },
  textColor: { r: 0.2, g: 0.16, b: 0 },
  /** Height of a pin, and its width unless the number is long. */
  pinSize: 20,
} as const;

/**
 * Adds a pin whose tip is at a point of the canvas. It lies beside the point, which stays visible, on the side where it
 * stays inside of `bounds`.
 */
export function writePin(
  number: number,
  { point, bounds, parent }: { point: Point; bounds: Box; parent: BaseNode & ChildrenMixin },
  journal: Journal,
): FrameNode {
  const pin = createBadge(number, journal);
  pin.name = pinName(number);
  pin.strokes = [{ type: 'SOLID', color: NOTE.background }];
  const isLeft = point.x + pin.width > bounds.x + bounds.w;
  const isBelow = point.y - pin.height < bounds.y;
  const tip = `${isBelow ? 'top' : 'bottom'}${isLeft ? 'Right' : 'Left'}Radius` as const;
  pin[tip] = 0;
  parent.appendChild(pin);
  if ('layoutMode' in parent && parent.layoutMode !== 'NONE') pin.layoutPositioning = 'ABSOLUTE';
  const [e, f] = [isLeft ? point.x - pin.width : point.x, isBelow ? point.y : point.y - pin.height];
  pin.relativeTransform = toRows(compose(canvasToChildren(parent), { ...IDENTITY, e, f }));
  return pin;
}

/** A number on a round ground, which connects a note and its pin. */
export function createBadge(number: number, journal: Journal): FrameNode {
  const badge = figma.createFrame();
  journal.created(badge);
  badge.name = String(number);
  badge.layoutMode = 'HORIZONTAL';
  badge.primaryAxisAlignItems = 'CENTER';
  badge.counterAxisAlignItems = 'CENTER';
  badge.paddingLeft = 4;
  badge.paddingRight = 4;
  badge.minWidth = NOTE.pinSize;
  badge.minHeight = NOTE.pinSize;
  badge.primaryAxisSizingMode = 'AUTO';
  badge.counterAxisSizingMode = 'AUTO';
  badge.cornerRadius = NOTE.pinSize / 2;
  badge.fills = [{ type: 'SOLID', color: NOTE.textColor }];
  badge.appendChild(createText(String(number), NOTE.background, journal));
  return badge;
}

/** The font must be loaded. */
export function createText(characters: string, color: RGB, journal: Journal): TextNode {
  const text = figma.createText();
  journal.created(text);
  text.fontName = NOTE.font;
  text.fontSize = NOTE.fontSize;
  text.fills = [{ type: 'SOLID', color }];
  text.characters = characters;
  return text;
}
