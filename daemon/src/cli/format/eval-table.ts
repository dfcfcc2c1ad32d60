import { type FigureTable, formatFigure } from '../../eval/report/figure-table.js';
import { textTable } from './text-table.js';

/** Renders figures of an evaluation in right-aligned columns, between their title and their note. */
export function formatFigureTable({ title, note, rowTitle, columns, rows }: FigureTable): string {
  const header = [rowTitle, 'items', ...columns];
  const body = rows.map(({ name, items, values }) => [name, String(items), ...values.map(formatFigure)]);
  return `${title}\n${textTable([header, ...body], { rightAligned: (column) => column > 0 })}  (${note})\n`;
}
