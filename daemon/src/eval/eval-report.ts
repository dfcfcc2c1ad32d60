import type { FeatureSettings } from '../diffusion/feature-settings.js';
import type { Evaluation, ScoredItem } from './evaluate.js';
import type { FigureRow, FigureTable } from './figure-table.js';

/** What is told of an evaluation, or of a sweep of several. */
export interface EvalReport {
  /** Items in the whole data set, and how many of them were evaluated. */
  available: number;
  evaluated: number;
  /** For people. */
  tables: readonly FigureTable[];
  /** Of a single evaluation: its items, to be drawn. */
  cases?: { items: readonly ScoredItem[]; meaning: Evaluation['meaning'] };
  /** The figures as `--json` prints them. */
  json: object;
}

/** What tells an evaluation of a sweep from the others, as a person reads it and as settings. */
interface Way {
  label: string;
  varied: FeatureSettings;
}

export function evaluationReport([evaluation]: readonly Evaluation[]): EvalReport {
  if (evaluation === undefined) throw new Error('there is an evaluation');
  const { available, items, meaning, tables } = evaluation;
  const scores = items.map(({ id, group, score }) => ({ id, group, score }));
  return { available, evaluated: items.length, tables, cases: { items, meaning }, json: { tables, items: scores } };
}

/** A row for each evaluation, with the figures of all its items together. */
export function sweepReport(ways: readonly Way[], evaluations: readonly Evaluation[]): EvalReport {
  const [first] = evaluations;
  if (first === undefined) throw new Error('a sweep has at least one evaluation');
  const { available, items, tables } = first;
  return {
    available,
    evaluated: items.length,
    tables: tables.map((table, n) => sweepTable(table, n, ways, evaluations)),
    json: { rows: ways.map(({ varied }, way) => ({ settings: varied, tables: evaluations[way]?.tables })) },
  };
}

function sweepTable(
  table: FigureTable,
  n: number,
  ways: readonly Way[],
  evaluations: readonly Evaluation[],
): FigureTable {
  const rows = ways.map(({ label }, way) => ({ ...totalOf(evaluations[way]?.tables[n]), name: label }));
  return { ...table, rowTitle: 'settings', rows };
}

/** The last row of a table is that of all its items. */
function totalOf(table: FigureTable | undefined): FigureRow {
  const total = table?.rows.at(-1);
  if (total === undefined) throw new Error('every table has a row of all items');
  return total;
}
