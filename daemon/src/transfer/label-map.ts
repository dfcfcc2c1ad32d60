/** How much each cell of a frame belongs to each label. */
export interface LabelMap {
  rows: number;
  columns: number;
  labels: number;
  /** (rows, columns, labels), 0 to 1 */
  shares: Float32Array;
}

export function emptyLabelMap({ rows, columns }: { rows: number; columns: number }, labels: number): LabelMap {
  return { rows, columns, labels, shares: new Float32Array(rows * columns * labels) };
}
