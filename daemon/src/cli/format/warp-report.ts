import type { ErrorCode, FittedTransform } from '@samepoint/shared-protocol';
import { textTable } from './text-table.js';

/** What `--json` prints. `transform` takes pixels of the source to pixels of the target, row by row. */
export interface WarpReport {
  backend: string;
  /** Absent where no target could be looked at. */
  device?: string;
  source: string;
  edit: string;
  targets: WarpedFile[];
}

export type WarpedFile =
  | ({ image: string; state: 'warped'; file: string } & FittedTransform)
  | { image: string; state: 'refused'; reason: string }
  /** Nothing could be found out about it: its file cannot be read, or is too large. */
  | { image: string; state: 'failed'; code: ErrorCode; reason: string };

const HEADER = ['target', 'transform', 'inliers', 'residual', 'confidence', 'written'];

export function warpTable({ backend, device, targets }: WarpReport): string {
  const done = targets.filter((target) => target.state === 'warped');
  const others = targets.filter((target) => target.state !== 'warped');
  const rows = done.map((target) => [target.image, ...describeFit(target), target.file]);
  const table = rows.length === 0 ? '' : `\n${textTable([HEADER, ...rows])}`;
  const reasons = others.map(({ image, state, reason }) => `\n${image}: ${state}. ${reason}\n`);
  return `Backend ${backend}${device === undefined ? '' : ` on ${device}`}\n${table}${reasons.join('')}`;
}

/** Kind, inliers, residual and confidence as cells of a table. */
export function describeFit({ kind, inliers, samples, residualPx, confidence }: FittedTransform): string[] {
  return [kind, `${inliers}/${samples}`, `${residualPx.toFixed(2)} px`, `${Math.round(confidence * 100)} %`];
}
