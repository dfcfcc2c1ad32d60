import type { InspectResult, Point } from '@samepoint/shared-protocol';
import { MIN_POINT_CONFIDENCE } from '../../transfer/to-placement.js';
import { UNCALIBRATED } from './match-table.js';

/** What `samepoint inspect --json` prints. Positions in pixels of the original images, the best place first. */
export interface InspectReport {
  backend: string;
  /** Were confidences of these features held against what is right? */
  calibrated: boolean;
  source: string;
  target: string;
  point: Point;
  matches: InspectResult['matches'];
}

const NO_COUNTERPART = `No counterpart: no place is believed in with ${100 * MIN_POINT_CONFIDENCE} % or more.\n`;

const HEADER = ['#', 'target', 'similarity', 'confidence'];

/** The report as a table a person can read; positions rounded to whole pixels. */
export function inspectTable({ calibrated, source, target, point, matches }: InspectReport): string {
  const rows = matches.map(({ point: { x, y }, similarity, confidence }, n) => [
    String(n + 1),
    `${Math.round(x)},${Math.round(y)}`,
    similarity.toFixed(2),
    `${Math.round(confidence * 100)} %`,
  ]);
  const widths = HEADER.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  const table = [HEADER, ...rows].map((row) => `  ${line(row).trimEnd()}\n`).join('');
  const none = matches.some(({ confidence }) => confidence >= MIN_POINT_CONFIDENCE) ? '' : NO_COUNTERPART;
  return `${source} ${point.x},${point.y} → ${target}\n${table}${none}${calibrated ? '' : `${UNCALIBRATED}\n`}`;
}
