import type { ErrorCode, FittedTransform } from '@samepoint/shared-protocol';
import { formatPercent } from './format-values.js';
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

const WARP_HEADER = ['target', 'transform', 'inliers', 'residual', 'confidence', 'written'];

export function warpTable({ backend, device, targets }: WarpReport): string {
  const done = targets.filter((target) => target.state === 'warped');
  const others = targets.filter((target) => target.state !== 'warped');
  const rows = done.map((target) => [target.image, ...describeFit(target), target.file]);
  const table = rows.length === 0 ? '' : `\n${textTable([WARP_HEADER, ...rows])}`;
  const reasons = others.map(({ image, state, reason }) => `\n${image}: ${state}. ${reason}\n`);
  return `Backend ${backend}${device === undefined ? '' : ` on ${device}`}\n${table}${reasons.join('')}`;
}

/** Kind, inliers, residual and confidence as cells of a table. */
export function describeFit({ kind, inliers, samples, residualPx, confidence }: FittedTransform): string[] {
  return [kind, `${inliers}/${samples}`, `${residualPx.toFixed(2)} px`, formatPercent(confidence)];
}

/** What `--json` prints. `transform` takes pixels of the source to pixels of the target, row by row. */
export type AlignReport = { backend: string; device: string; source: string; target: string } & (
  | ({
      state: 'aligned';
      /** Part of the target that the source covers. */
      coverage: number;
      /** Mean difference of the colours there, 0 to 255. */
      difference: number;
      files: string[];
    } & FittedTransform)
  | { state: 'refused'; reason: string }
);

const ALIGN_HEADER = ['transform', 'inliers', 'residual', 'confidence', 'covered', 'difference'];

export function alignTable(report: AlignReport): string {
  const title = `Backend ${report.backend} on ${report.device}\n\n${report.source} → ${report.target}`;
  if (report.state === 'refused') return `${title}: refused. ${report.reason}\n`;
  const measured = [formatPercent(report.coverage), `${report.difference.toFixed(1)} of 255`];
  const table = textTable([ALIGN_HEADER, [...describeFit(report), ...measured]]);
  return `${title}\n${table}\nPictures: ${report.files.join(', ')}\n`;
}
