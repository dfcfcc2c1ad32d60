import type { Box, Point } from '@samepoint/shared-protocol';
import type { MatchedItem, MatchReport } from './match-report.js';
import { textTable } from './text-table.js';

const HEADER = ['#', 'source', 'target', 'confidence'];
const NO_COUNTERPART = 'no counterpart';

/** Said below tables whose confidences are guesses. */
export const UNCALIBRATED =
  'Confidences are not calibrated for this backend: take them as an order, not as probabilities.';

/** The report as a table a person can read; positions rounded to whole pixels. */
export function matchTable({ backend, calibrated, device, source, targets }: MatchReport): string {
  const tables = targets.map(({ image, items }) => `\n${source} → ${image}\n${table(items)}`);
  return `Backend ${backend} on ${device}\n${tables.join('')}${calibrated ? '' : `\n${UNCALIBRATED}\n`}`;
}

function table(items: readonly MatchedItem[]): string {
  return textTable([HEADER, ...items.map((item, n) => row(item, n))]);
}

function row({ source, target, confidence }: MatchedItem, n: number): string[] {
  const place = target === null ? NO_COUNTERPART : describe(target);
  return [String(n + 1), describe(source), place, `${Math.round(confidence * 100)} %`];
}

function describe(shape: Point | Box): string {
  const numbers = 'w' in shape ? [shape.x, shape.y, shape.w, shape.h] : [shape.x, shape.y];
  return numbers.map((value) => Math.round(value)).join(',');
}
