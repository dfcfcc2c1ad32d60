import type { Layer } from '@samepoint/shared-protocol';
import { layer } from './layers.js';

/** A screen with a list, in pixels. */
export const LIST = { width: 400, height: 600, topPx: 40, rowPx: 60 } as const;

/** What a row and its parts are called before the number of the row. */
export const PARTS = ['row', 'picture', 'name', 'button'];

/**
 * A list whose rows have a picture, a name and a button.
 * @param isWrapped do the parts of this row lie in one more frame?
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
