import type { Box } from '@samepoint/shared-protocol';

/** Pixels whose channels all differ by less than this are the same: JPEG and resampling change them a little. */
const TOLERANCE = 24;

/** Pixels around a difference that belong to it, since its edge is anti-aliased. */
const MARGIN_PX = 1;

type Rgba = Uint8ClampedArray;

/** Makes the pixels of `after` transparent where they are those of `before`. Both are RGBA of the same size. */
export function maskDifference(before: Rgba, after: Rgba, width: number): void {
  const pixels = after.length / 4;
  const differs = new Uint8Array(pixels);
  for (let n = 0; n < pixels; n++) differs[n] = isSame(before, after, 4 * n) ? 0 : 1;
  for (let n = 0; n < pixels; n++) if (!isNearDifference(differs, n, width)) after[4 * n + 3] = 0;
}

function isSame(before: Rgba, after: Rgba, at: number): boolean {
  for (let channel = at; channel < at + 4; channel++) {
    if (Math.abs((before[channel] ?? 0) - (after[channel] ?? 0)) >= TOLERANCE) return false;
  }
  return true;
}

function isNearDifference(differs: Uint8Array, index: number, width: number): boolean {
  const [x, height] = [index % width, differs.length / width];
  const y = (index - x) / width;
  for (let row = Math.max(0, y - MARGIN_PX); row <= Math.min(height - 1, y + MARGIN_PX); row++) {
    for (let column = Math.max(0, x - MARGIN_PX); column <= Math.min(width - 1, x + MARGIN_PX); column++) {
      if (differs[row * width + column] === 1) return true;
    }
  }
  return false;
}

/** The box of all pixels that are not transparent; null if all are. */
export function opaqueBox(rgba: Rgba, width: number): Box | null {
  let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, -1, -1];
  for (let n = 0; 4 * n < rgba.length; n++) {
    if (rgba[4 * n + 3] === 0) continue;
    const x = n % width;
    const y = (n - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? null : { x: left, y: top, w: right - left + 1, h: bottom - top + 1 };
}
