import type { ErrorCode, FittedTransform } from '@samepoint/shared-protocol';
import type { FailedFile } from './failed-files.js';
import { formatPercent } from './format-values.js';
import { textTable, titleOf } from './text-table.js';

/** What `samepoint warp --json` prints. `transform` maps pixels of the source to pixels of the target, row-major. */
export interface WarpReport {
  backend: string;
  /** Absent if every target failed. */
  device?: string;
  source: string;
  edit: string;
  targets: WarpedFile[];
}

export type WarpedFile =
  | ({ image: string; state: 'warped'; file: string } & FittedTransform)
  | { image: string; state: 'refused'; reason: string }
  /** The target cannot be read, or its job failed. `code` and `reason` repeat the error. */
  | ({ state: 'failed'; code: ErrorCode; reason: string } & FailedFile);

const WARP_HEADER = ['target', 'transform', 'inliers', 'residual', 'confidence', 'written'];

export function warpTable({ backend, device, targets }: WarpReport): string {
  const done = targets.filter((target) => target.state === 'warped');
  const others = targets.filter((target) => target.state !== 'warped');
  const rows = done.map((target) => [target.image, ...describeFit(target), target.file]);
  const table = rows.length === 0 ? '' : `\n${textTable([WARP_HEADER, ...rows])}`;
  const reasons = others.map(({ image, state, reason }) => `\n${image}: ${state}. ${reason}\n`);
  return `${titleOf(backend, device)}\n${table}${reasons.join('')}`;
}

/** Kind, inliers, residual and confidence as cells of a table. */
function describeFit({ kind, inliers, samples, residualPx, confidence }: FittedTransform): string[] {
  return [kind, `${inliers}/${samples}`, `${residualPx.toFixed(2)} px`, formatPercent(confidence)];
}

/** What `samepoint align --json` prints. `transform` maps pixels of the source to pixels of the target, row-major. */
export type AlignReport = { backend: string; device: string; source: string; target: string } & (
  | ({
      state: 'aligned';
      /** Fraction of the target that the source covers, 0 to 1. */
      coverage: number;
      /** Mean colour difference of the covered part, 0 to 255. */
      difference: number;
      files: string[];
    } & FittedTransform)
  | { state: 'refused'; reason: string }
);

const ALIGN_HEADER = ['transform', 'inliers', 'residual', 'confidence', 'covered', 'difference'];

export function alignTable(report: AlignReport): string {
  const title = `${titleOf(report.backend, report.device)}\n\n${report.source} → ${report.target}`;
  if (report.state === 'refused') return `${title}: refused. ${report.reason}\n`;
  const measured = [formatPercent(report.coverage), `${report.difference.toFixed(1)} of 255`];
  const table = textTable([ALIGN_HEADER, [...describeFit(report), ...measured]]);
  return `${title}\n${table}\nImages: ${report.files.join(', ')}\n`;
}
