import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WindowMatcher } from '../../../src/correspond/window-matcher.js';
import type { FeatureMap } from '../../../src/diffusion/feature-map.js';
import type { TrackSettings } from '../../../src/transfer/tracking/track-labels.js';
import { trackLabels } from '../../../src/transfer/tracking/track-labels.js';
import { labelsToMask } from '../../../src/transfer/tracking/track-mask.js';

interface Parity {
  rows: number;
  columns: number;
  channels: number;
  labels: number;
  cellPx: number;
  settings: TrackSettings;
  firstLabels: number[];
  /** Probabilities (rows, columns, labels), and the mask row by row with one character per pixel. */
  frames: { shares: number[]; mask: string[] }[];
}

/** Written by `python test/parity/make-propagation.py`. */
const parity: Parity = JSON.parse(
  readFileSync(new URL('../../fixtures/track/propagation.json', import.meta.url), 'utf8'),
);
const { rows, columns, channels, labels, cellPx, settings } = parity;
const cells = rows * columns;

/** The same features as in the script. */
function features(frame: number): FeatureMap {
  const chw = new Float32Array(channels * cells);
  for (let i = 0; i < cells; i++) {
    const column = Array.from({ length: channels }, (_, c) =>
      Math.sin(12.9898 * (c + 1) + 78.233 * (i + 1) + 0.5 * frame * ((c % 3) + 1)),
    );
    const length = Math.hypot(...column);
    for (const [c, value] of column.entries()) chw[c * cells + i] = value / length;
  }
  return { rows, columns, channels, chw, cellWidthPx: cellPx, cellHeightPx: cellPx };
}

it('probabilities and masks of every frame are those of the published propagation in PyTorch', async () => {
  const probabilities = new Float32Array(cells * labels);
  for (const [cell, label] of parity.firstLabels.entries()) probabilities[cell * labels + label] = 1;
  const frames = { count: parity.frames.length + 1, annotated: 0, features: async (n: number) => features(n) };
  const annotate = (map: FeatureMap) => ({ ...map, labels, probabilities });
  const size = { width: columns * cellPx, height: rows * cellPx };
  for await (const { frame, labels: map } of trackLabels(new WindowMatcher(), frames, annotate, settings)) {
    if (frame === 0) continue;
    const expected = parity.frames[frame - 1];
    if (expected === undefined) throw new Error(`the fixture has no frame ${frame}`);
    for (const [at, share] of expected.shares.entries()) expect(map.probabilities[at]).toBeCloseTo(share, 5);
    const { pixels } = labelsToMask(map, size, 0);
    const lines = Array.from({ length: size.height }, (_, y) =>
      pixels.subarray(y * size.width, (y + 1) * size.width).join(''),
    );
    expect(lines).toEqual(expected.mask);
  }
});
