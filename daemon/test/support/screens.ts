import type { Layer } from '@samepoint/shared-protocol';
import type { Colour, Rect } from './draw.js';
import { layer } from './layers.js';

const INK: Colour = [40, 44, 52];
const GREY: Colour = [190, 194, 200];
const BLUE: Colour = [37, 99, 235];

export const MOCKUP = { width: 288, height: 96 };

/** Rows of the list: identical except for their surroundings. */
export const ROWS = [0, 1, 2].map((row) => ({ x: 76, y: 22 + row * 22, w: 110, h: 18 }));

/** A small screen: bar, navigation, a list of three equal rows, a picture and a button. */
export function mockup(): Rect[] {
  return [
    { x: 0, y: 0, w: 288, h: 14, colour: INK },
    { x: 8, y: 4, w: 26, h: 6, colour: [250, 250, 250] },
    { x: 262, y: 3, w: 8, h: 8, colour: [240, 180, 40] },
    { x: 8, y: 22, w: 12, h: 12, colour: [220, 60, 60] },
    { x: 24, y: 26, w: 30, h: 4, colour: INK },
    { x: 8, y: 46, w: 12, h: 12, colour: [60, 160, 90] },
    { x: 24, y: 50, w: 22, h: 4, colour: INK },
    { x: 8, y: 70, w: 12, h: 12, colour: [140, 80, 190] },
    { x: 24, y: 74, w: 36, h: 4, colour: INK },
    ...ROWS.flatMap(listRow),
    { x: 204, y: 22, w: 72, h: 40, colour: [160, 205, 230] },
    { x: 216, y: 40, w: 30, h: 22, colour: [90, 140, 90] },
    { x: 204, y: 70, w: 48, h: 16, colour: BLUE },
    { x: 214, y: 76, w: 28, h: 4, colour: [250, 250, 250] },
  ];
}

function listRow({ x, y, w, h }: (typeof ROWS)[number]): Rect[] {
  return [
    { x, y, w, h, colour: [240, 241, 243] },
    { x: x + 4, y: y + 4, w: 10, h: 10, colour: BLUE },
    { x: x + 20, y: y + 4, w: 60, h: 4, colour: INK },
    { x: x + 20, y: y + 11, w: 40, h: 3, colour: GREY },
  ];
}

/** Points on unique elements of the mockup. */
export const LANDMARKS = [
  { x: 21, y: 7 },
  { x: 266, y: 7 },
  { x: 14, y: 28 },
  { x: 14, y: 52 },
  { x: 14, y: 76 },
  { x: 231, y: 51 },
  { x: 228, y: 78 },
  { x: 216, y: 30 },
];

/** A screen with a list, in pixels. */
export const LIST = { width: 400, height: 600, topPx: 40, rowPx: 60 } as const;

/** Names of a row and its parts, without the row number. */
export const PARTS = ['row', 'picture', 'name', 'button'];

/**
 * A list whose rows have a picture, a name and a button.
 * @param isWrapped whether the parts of this row have an additional frame
 */
export function list(
  rows: readonly number[],
  names: readonly string[],
  isWrapped: (row: number) => boolean = () => false,
): Layer[] {
  const { parentId: _none, ...screen } = layer('screen', { x: 0, y: 0, w: LIST.width, h: LIST.height });
  return [
    screen,
    ...rows.flatMap((row, place) => {
      const y = LIST.topPx + place * LIST.rowPx;
      const [rowId, wrapperId] = [`row ${row}`, `wrapper ${row}`];
      const parentId = isWrapped(row) ? wrapperId : rowId;
      return [
        layer(rowId, { x: 0, y, w: 400, h: 60 }, { parentId: 'screen', name: 'Row' }),
        ...(isWrapped(row)
          ? [layer(wrapperId, { x: 8, y: y + 4, w: 384, h: 52 }, { parentId: rowId, name: 'Frame 5' })]
          : []),
        layer(`picture ${row}`, { x: 10, y: y + 10, w: 40, h: 40 }, { parentId, type: 'ELLIPSE', name: 'Ellipse 2' }),
        layer(`name ${row}`, { x: 60, y: y + 20, w: 90, h: 20 }, { parentId, type: 'TEXT', text: names[row] ?? '' }),
        layer(`button ${row}`, { x: 340, y: y + 15, w: 40, h: 30 }, { parentId, name: 'Frame 3' }),
      ];
    }),
  ];
}
