import type { TrackSettings } from '../../transfer/tracking/track-labels.js';
import { type FailedFile, sentenceOf } from './failed-files.js';
import { formatPercent } from './format-values.js';

/** What `--json` prints and `track.json` contains: the finished frames, in order. */
export interface TrackReport {
  backend: string;
  settings: TrackSettings;
  /** File name of the annotated frame. */
  annotated: string;
  frames: FrameReport[];
  /** Frames that cannot be read. Labels continue across them. */
  failed: FailedFile[];
}

export interface FrameReport {
  /** File name. */
  frame: string;
  /** Path of the mask; absent for points. */
  mask?: string;
  labels: LabelReport[];
}

export interface LabelReport {
  /** Index in the mask, or name of the point. */
  label: string;
  lost: boolean;
  confidence: number;
  /** Position of a point in pixels; absent if it is lost. */
  x?: number;
  y?: number;
}

/** Summary with one line a label. */
export function trackSummary({ backend, annotated, frames, failed }: TrackReport, folder: string): string {
  const names = frames[0]?.labels.map(({ label }) => label) ?? [];
  const lines = names.map((name, n) => {
    const own = frames.flatMap(({ labels }) => labels[n] ?? []);
    const found = own.filter(({ lost }) => !lost).length;
    const mean = own.reduce((sum, { confidence }) => sum + confidence, 0) / own.length;
    return `  ${name}: in ${found} of ${own.length} frames, mean confidence ${formatPercent(mean)}\n`;
  });
  const without = failed.map((one) => `  ${one.image}: failed. ${sentenceOf(one)}\n`).join('');
  return `Backend ${backend}, ${frames.length} frames from ${annotated}, written to ${folder}\n${lines.join('')}${without}`;
}

/** Points as CSV; x and y are empty if a point is lost. */
export function trackCsv({ frames }: TrackReport): string {
  const rows = frames.flatMap(({ frame, labels }) =>
    labels.map(({ label, x = '', y = '', confidence }) => [quoted(frame), quoted(label), x, y, confidence].join(',')),
  );
  return `frame,name,x,y,confidence\n${rows.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
