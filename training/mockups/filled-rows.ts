/** Columns that a wide screen is divided into. */
export const GRID_COLUMNS = 12;

/** Columns of each section when every row is filled to its end, the last of a row taking what the others leave. */
export function filledRows(columns: readonly number[]): number[] {
  let used = 0;
  return columns.map((wanted, at) => {
    const next = columns[at + 1] ?? GRID_COLUMNS;
    const last = used + wanted + next > GRID_COLUMNS;
    const span = last ? GRID_COLUMNS - used : wanted;
    used = last ? 0 : used + span;
    return span;
  });
}
