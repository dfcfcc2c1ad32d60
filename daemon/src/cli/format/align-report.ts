import type { FittedTransform } from '@samepoint/shared-protocol';
import { textTable } from './text-table.js';
import { describeFit } from './warp-report.js';

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

const HEADER = ['transform', 'inliers', 'residual', 'confidence', 'covered', 'difference'];

export function alignTable(report: AlignReport): string {
  const title = `Backend ${report.backend} on ${report.device}\n\n${report.source} → ${report.target}`;
  if (report.state === 'refused') return `${title}: refused. ${report.reason}\n`;
  const measured = [`${Math.round(report.coverage * 100)} %`, `${report.difference.toFixed(1)} of 255`];
  const table = textTable([HEADER, [...describeFit(report), ...measured]]);
  return `${title}\n${table}\nPictures: ${report.files.join(', ')}\n`;
}
