/** Rows of cells as columns, two spaces apart, each line indented. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, n) => Math.max(...rows.map((cells) => cells[n]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  ');
  return rows.map((cells) => `  ${line(cells).trimEnd()}\n`).join('');
}
