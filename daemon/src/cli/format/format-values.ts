import type { Box, Point } from '@samepoint/shared-protocol';

const GIGABYTE = 1e9;

/** `1.70 GB`, `24.1 MB`, `12 kB`: decimal units, as download pages and disk tools use. */
export function formatBytes(bytes: number): string {
  if (bytes >= GIGABYTE) return `${(bytes / GIGABYTE).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`;
  return `${(bytes / 1e3).toFixed(0)} kB`;
}

/** Memory of a device or process: `7.9 GB`. */
export function formatGigabytes(bytes: number): string {
  return `${(bytes / GIGABYTE).toFixed(1)} GB`;
}

/** Time until something is done: `1 min 2 s`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A measured time: `12 ms`, `3.4 s`. */
export function formatSeconds(seconds: number): string {
  return seconds < 1 ? `${(1000 * seconds).toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
}

/** @param part 0 to 1 */
export function formatPercent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** `x,y` or `x,y,w,h` in whole pixels. */
export function formatShape(shape: Point | Box): string {
  const numbers = 'w' in shape ? [shape.x, shape.y, shape.w, shape.h] : [shape.x, shape.y];
  return numbers.map((value) => Math.round(value)).join(',');
}
