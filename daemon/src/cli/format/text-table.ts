export interface TableOptions {
  /** Spaces before each line. */
  indent?: number;
  /** Columns with numbers, by index. */
  rightAligned?: (column: number) => boolean;
}

/** Renders rows of cells as columns, two spaces apart. */
export function textTable(
  rows: readonly (readonly string[])[],
  { indent = 2, rightAligned = () => false }: TableOptions = {},
): string {
  const columns = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, n) => Math.max(...rows.map((cells) => cells[n]?.length ?? 0)));
  const align = (cell: string, n: number) =>
    rightAligned(n) ? cell.padStart(widths[n] ?? 0) : cell.padEnd(widths[n] ?? 0);
  const lines = rows.map((cells) => `${' '.repeat(indent)}${cells.map(align).join('  ').trimEnd()}\n`);
  return lines.join('');
}

/** The first line of a report. @param device undefined if no job ran */
export function titleOf(backend: string, device: string | undefined): string {
  return `Backend ${backend}${device === undefined ? '' : ` on ${device}`}`;
}
