/** Grid columns of a wide screen. */
export const GRID_COLUMNS = 12;

/** Columns of each section with all rows filled: the last section of a row takes the rest. */
export function filledRows(columns: readonly number[]): number[] {
  let used = 0;
  return columns.map((own, at) => {
    const next = columns[at + 1] ?? GRID_COLUMNS;
    const last = used + own + next > GRID_COLUMNS;
    const span = last ? GRID_COLUMNS - used : own;
    used = last ? 0 : used + span;
    return span;
  });
}
