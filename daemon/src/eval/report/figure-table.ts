/** Figures of an evaluation, as a person reads them and as `--json` prints them. */
export interface FigureTable {
  title: string;
  /** How the figures are defined, and by whom. */
  note: string;
  /** What each row is of: "category", "kind of sequence". */
  rowTitle: string;
  columns: readonly string[];
  rows: readonly FigureRow[];
}

export interface FigureRow {
  name: string;
  /** How many items the figures of this row are of. */
  items: number;
  /** Null where there is nothing to measure. */
  values: readonly (number | null)[];
}

/** The table in columns, one decimal a figure. */
export function formatTable({ title, note, rowTitle, columns, rows }: FigureTable): string {
  const cells = [
    [rowTitle, 'items', ...columns],
    ...rows.map(({ name, items, values }) => [name, String(items), ...values.map(formatFigure)]),
  ];
  const widths = (cells[0] ?? []).map((_, n) => Math.max(...cells.map((row) => row[n]?.length ?? 0)));
  const lines = cells.map((row) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '),
  );
  return `${title}\n${lines.map((line) => `  ${line}\n`).join('')}  (${note})\n`;
}

export function formatFigure(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}
