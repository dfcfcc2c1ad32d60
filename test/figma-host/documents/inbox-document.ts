import type { DocumentSpec, NodeSpec } from '../spec.js';
import { type Annotated, COMPACT_PHONE, inboxScreen, LARGE_PHONE, PHONE } from './inbox-screen.js';
import { ellipse, frame, shadow, solid, text } from './parts.js';
import { scrambleLayers } from './scramble-layers.js';
import { DARK, LIGHT } from './theme.js';

/** The annotations of the source. */
export const ANNOTATED: Annotated = {
  title: [{ labelMarkdown: 'Uses **Heading / L**', properties: [{ type: 'fontSize' }], categoryId: 'cat:development' }],
  bell: [{ label: 'Opens the notification sheet', categoryId: 'cat:interaction' }],
  search: [{ labelMarkdown: 'Focus moves here on _pull down_', properties: [{ type: 'cornerRadius' }] }],
  'row-1/title': [{ label: 'Name of the person or the thread', properties: [{ type: 'fontWeight' }] }],
  'row-2/avatar': [{ label: 'Falls back to initials', categoryId: 'cat:development' }],
  'row-3/chevron': [{ label: 'Decorative, hidden from screen readers', categoryId: 'cat:accessibility' }],
  button: [
    { labelMarkdown: 'Opens the **invite** dialog', properties: [{ type: 'padding' }] },
    { label: 'At least 44 px high', categoryId: 'cat:accessibility' },
  ],
  'tab-2/icon': [{ label: 'Shows the number of unread messages' }],
};

/**
 * An annotated light inbox (`light`), a dark version with generated names and another layer order (`dark`), and a larger
 * dark version with the banner above the list (`large`). Overlay layers are in the source (`light:callout` …).
 */
export function inboxDocument(): DocumentSpec {
  const light = inboxScreen('light', 'Inbox / Light', LIGHT, PHONE, ANNOTATED);
  const dark = scrambleLayers(inboxScreen('dark', 'Frame 2041', DARK, COMPACT_PHONE));
  const large = scrambleLayers(inboxScreen('large', 'Frame 2042', DARK, LARGE_PHONE));
  return {
    name: 'Inbox',
    children: [
      { ...light, x: 0, y: 0, children: [...(light.children ?? []), ...overlayLayers('light')] },
      { ...dark, x: 520, y: 40 },
      { ...large, x: 1040, y: -30 },
    ],
    measurements: [{ startKey: 'light:row-1', endKey: 'light:row-2' }],
  };
}

const INK = '#3b2a00';
const YELLOW = '#ffd84d';
const PINK = '#ff3d8b';

/** A callout, an arrow and a grouped sticker, in coordinates of the source. */
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
