import type { FeatureSettings } from '../../diffusion/plan/feature-settings.js';
import type { Evaluation, FailedItem, ScoredItem } from '../evaluate.js';
import type { FigureRow, FigureTable } from './figure-table.js';

/** The report of an evaluation, or of a sweep of several. */
export interface EvalReport {
  /** Items in the data set, and how many of them were evaluated. */
  available: number;
  evaluated: number;
  /** Items with an image that cannot be read. */
  failed: readonly FailedItem[];
  tables: readonly FigureTable[];
  /** Items of a single evaluation, to be drawn. */
  cases?: { items: readonly ScoredItem[]; meaning: Evaluation['meaning'] };
  /** Figures in the format of `--json`. */
  json: object;
}

/** Settings that differ between the evaluations of a sweep, and their label. */
interface SweptSettings {
  label: string;
  varied: FeatureSettings;
}

/** Report of a single evaluation. */
export function evaluationReport([evaluation]: readonly Evaluation[]): EvalReport {
  if (evaluation === undefined) throw new Error('no evaluation');
  const { available, items, failed, meaning, tables } = evaluation;
  const scores = items.map(({ id, group, score }) => ({ id, group, score }));
  const json = { tables, items: scores, failed };
  return { available, evaluated: items.length, failed, tables, cases: { items, meaning }, json };
}

/** Report of a sweep: a row for each evaluation, with its total figures. */
export function sweepReport(sweep: readonly SweptSettings[], evaluations: readonly Evaluation[]): EvalReport {
  const [first] = evaluations;
  if (first === undefined) throw new Error('a sweep has at least one evaluation');
  const { available, items, tables, failed } = first;
  return {
    available,
    evaluated: items.length,
    failed,
    tables: tables.map((table, n) => sweepTable(table, n, sweep, evaluations)),
    json: { rows: sweep.map(({ varied }, run) => ({ settings: varied, tables: evaluations[run]?.tables })), failed },
  };
}

function sweepTable(
  table: FigureTable,
  n: number,
  sweep: readonly SweptSettings[],
  evaluations: readonly Evaluation[],
): FigureTable {
  const rows = sweep.map(({ label }, run) => ({ ...totalOf(evaluations[run]?.tables[n]), name: label }));
  return { ...table, rowTitle: 'settings', rows };
}

/** The last row of a table is the total. */
function totalOf(table: FigureTable | undefined): FigureRow {
  const total = table?.rows.at(-1);
  if (total === undefined) throw new Error('a table has no total');
  return total;
}
