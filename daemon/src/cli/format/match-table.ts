import { formatPercent, formatShape } from './format-values.js';
import { layersTable } from './layers-table.js';
import type { MatchedItem, MatchedTarget, MatchReport } from './match-report.js';
import { textTable } from './text-table.js';

const HEADER = ['#', 'source', 'target', 'confidence'];
const NO_COUNTERPART = 'no counterpart';

/** Said below tables whose confidences are guesses. */
export const UNCALIBRATED =
  'Confidences are not calibrated for this backend: take them as an order, not as probabilities.';

/** The report as a table a person can read; positions rounded to whole pixels. */
export function matchTable({ backend, calibrated, device, source, targets }: MatchReport): string {
  const tables = targets.map((target) => `\n${source} → ${target.image}\n${tablesOf(target)}`);
  return `Backend ${backend} on ${device}\n${tables.join('')}${calibrated ? '' : `\n${UNCALIBRATED}\n`}`;
}

function tablesOf({ items, layers }: MatchedTarget): string {
  return (items.length === 0 ? '' : table(items)) + (layers === undefined ? '' : layersTable(layers));
}

function table(items: readonly MatchedItem[]): string {
  return textTable([HEADER, ...items.map((item, n) => row(item, n))]);
}

function row({ source, target, confidence }: MatchedItem, n: number): string[] {
  const place = target === null ? NO_COUNTERPART : formatShape(target);
  return [String(n + 1), formatShape(source), place, formatPercent(confidence)];
}
