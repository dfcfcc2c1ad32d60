/** Figures of an evaluation, for tables, the report page and `--json`. */
export interface FigureTable {
  title: string;
  /** How the figures are defined, and where. */
  note: string;
  /** Heading of the first column: "category", "sequence". */
  rowTitle: string;
  columns: readonly string[];
  rows: readonly FigureRow[];
}

export interface FigureRow {
  name: string;
  /** Number of items behind the figures of this row. */
  items: number;
  /** Null if there is nothing to measure. */
  values: readonly (number | null)[];
}

/** One decimal; a dash if there is nothing to measure. */
export function formatFigure(value: number | null): string {
  return value === null ? '–' : value.toFixed(1);
}
