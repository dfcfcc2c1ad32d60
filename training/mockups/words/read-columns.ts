import { readFileSync } from 'node:fs';

/** A table of tab separated values whose first line names its columns. */
export interface Columns {
  rows: number;
  cell(column: string, row: number): string;
  column(column: string): string[];
}

export function readColumns(file: URL): Columns {
  const [head = [], ...rows] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const cell = (column: string, row: number) => {
    const text = rows[row]?.[head.indexOf(column)];
    if (text === undefined) throw new RangeError(`${file.pathname} has no cell ${column}, ${row}`);
    return text;
  };
  return { rows: rows.length, cell, column: (column) => rows.map((_, row) => cell(column, row)) };
}
