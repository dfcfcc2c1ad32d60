import type { NodeSpec } from '../spec.js';
import { shadow, solid } from './paint.js';
import { ellipse, frame, text } from './parts.js';

const INK = '#3b2a00';
const YELLOW = '#ffd84d';
const PINK = '#ff3d8b';

/** Things drawn over the source, in its coordinates: a callout, an arrow and a sticker in a group. */
export function overlayLayers(prefix: string): NodeSpec[] {
  return [calloutSpec(prefix), arrowSpec(prefix), stickerSpec(prefix)];
}

function calloutSpec(prefix: string): NodeSpec {
  return frame(`${prefix}:callout`, 'Callout', {
    x: 96,
    y: 702,
    width: 168,
    height: 40,
    props: { fills: solid(YELLOW), cornerRadius: 8, effects: shadow(3, 8, 0.25), clipsContent: false },
    children: [
      text(
        `${prefix}:callout-words`,
        'Keep this in reach',
        { size: 14, style: 'Medium', color: INK },
        { x: 14, y: 11 },
      ),
    ],
  });
}

function arrowSpec(prefix: string): NodeSpec {
  return {
    key: `${prefix}:arrow`,
    type: 'VECTOR',
    name: 'Arrow',
    x: 268,
    y: 664,
    width: 56,
    height: 62,
    props: {
      vectorPaths: [{ windingRule: 'NONE', data: 'M4 58C24 58 40 44 44 10M34 20L45 8L54 22' }],
      strokes: solid(PINK),
      strokeWeight: 3,
      strokeCap: 'ROUND',
    },
  };
}

function stickerSpec(prefix: string): NodeSpec {
  return {
    key: `${prefix}:sticker`,
    type: 'GROUP',
    name: 'Sticker',
    children: [
      ellipse(`${prefix}:sticker-disc`, 'Disc', {
        x: 318,
        y: 28,
        width: 34,
        height: 34,
        props: { fills: solid(PINK) },
      }),
      text(`${prefix}:sticker-words`, '1', { size: 18, style: 'Bold', color: '#ffffff' }, { x: 330.5, y: 34 }),
    ],
  };
}
