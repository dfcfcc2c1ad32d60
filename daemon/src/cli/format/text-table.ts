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

/**
 * Indented lines of names and values. Facts without a value are left out.
 * @param longest a name that aligns several tables
 */
export function factsTable(
  facts: readonly (readonly [name: string, value: string | undefined])[],
  longest = '',
): string {
  const present = facts.filter(([, value]) => value !== undefined);
  const width = Math.max(longest.length, ...present.map(([name]) => name.length)) + 2;
  return present.map(([name, value]) => `  ${name.padEnd(width)}${value}\n`).join('');
}
