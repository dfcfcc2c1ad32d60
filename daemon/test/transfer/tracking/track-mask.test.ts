import { describe, expect, it } from 'vitest';
import type { LabelMask } from '../../../src/images/label-mask.js';
import { LOST_BELOW } from '../../../src/transfer/tracking/track-labels.js';
import {
  labelsOfMask,
  labelsToMask,
  labelsToResizedMask,
  maskToLabels,
} from '../../../src/transfer/tracking/track-mask.js';

/** Two rows of three cells, each four pixels wide and high. */
const GRID = { rows: 2, columns: 3, cellWidthPx: 4, cellHeightPx: 4 };
const SIZE = { width: 12, height: 8 };

/** A mask of background 0 with boxes of pixels in other indices: index, left, top, width, height. */
function maskOf(...boxes: [number, number, number, number, number][]): LabelMask {
  const indices = new Uint8Array(SIZE.width * SIZE.height);
  for (const [index, left, top, width, height] of boxes) {
    for (let y = top; y < top + height; y++) indices.fill(index, y * SIZE.width + left, y * SIZE.width + left + width);
  }
  return { ...SIZE, indices, palette: [], background: 0 };
}

function probabilitiesOf(
  label: number,
  { labels, probabilities }: { labels: number; probabilities: Float32Array },
): number[] {
  return Array.from({ length: probabilities.length / labels }, (_, cell) => probabilities[cell * labels + label] ?? 0);
}

describe('a mask as labels of cells', () => {
  it('has the background first and then the indices that occur, rising', () => {
    expect(labelsOfMask(maskOf([7, 0, 0, 1, 1], [3, 5, 5, 2, 2]))).toEqual([0, 3, 7]);
    expect(labelsOfMask({ ...maskOf([7, 0, 0, 1, 1]), background: 7 })).toEqual([7, 0]);
  });

  it('at centres takes the pixel below and to the right of each centre, like nearest resampling', () => {
    const map = maskToLabels(maskOf([5, 2, 2, 1, 1], [5, 9, 5, 1, 1]), [0, 5], GRID, 'centre');
    expect(probabilitiesOf(1, map)).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('by area takes each label in proportion to its pixels', () => {
    const map = maskToLabels(maskOf([5, 0, 0, 5, 4], [6, 9, 5, 1, 1]), [0, 5, 6], GRID, 'area');
    expect(probabilitiesOf(1, map)).toEqual([1, 0.25, 0, 0, 0, 0]);
    expect(probabilitiesOf(2, map)).toEqual([0, 0, 0, 0, 0, 1 / 16]);
    expect(probabilitiesOf(0, map)).toEqual([0, 0.75, 1, 1, 1, 15 / 16]);
  });

  it('by area gives a cell smaller than a pixel the label of the pixel it lies in', () => {
    const small = { ...maskOf(), width: 1, height: 1, indices: Uint8Array.of(5) };
    const map = maskToLabels(small, [0, 5], { rows: 2, columns: 2, cellWidthPx: 0.5, cellHeightPx: 0.5 }, 'area');
    expect(probabilitiesOf(1, map)).toEqual([1, 1, 1, 1]);
  });

  it.each(['centre', 'area'] as const)('%s: an index without a label counts as background', (sampling) => {
    const map = maskToLabels(maskOf([5, 0, 0, 4, 4], [6, 4, 0, 4, 4]), [0, 6], GRID, sampling);
    expect(probabilitiesOf(1, map)).toEqual([0, 1, 0, 0, 0, 0]);
    expect(probabilitiesOf(0, map)).toEqual([1, 0, 1, 1, 1, 1]);
  });
});

describe('labels of cells as a mask', () => {
  const map = (labels: number, ...probabilities: number[]) => ({
    ...GRID,
    labels,
    probabilities: Float32Array.from(probabilities),
  });

  it('the border between two cells lies half way between their centres', () => {
    const { pixels } = labelsToMask(map(2, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1), SIZE, 0);
    for (let y = 0; y < SIZE.height; y++) {
      expect([...pixels.subarray(y * 12, y * 12 + 12)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    }
  });

  it('each label is normalised to its highest probability before the highest wins', () => {
    const faint = map(2, 1, 0, 0.7, 0.3, 1, 0, 1, 0, 0.7, 0.3, 1, 0);
    const { pixels, outcomes } = labelsToMask(faint, SIZE, 0);
    expect([...pixels.subarray(5, 7)]).toEqual([1, 1]);
    expect(outcomes[0]?.lost).toBe(false);
    expect(outcomes[0]?.confidence).toBeGreaterThan(0.2);
    expect(outcomes[0]?.confidence).toBeLessThanOrEqual(0.3);
  });

  it('a label whose probability is too low everywhere is lost and has no pixels', () => {
    const faint = map(2, 1, 0, 0.7, 0.3, 1, 0, 1, 0, 0.7, 0.3, 1, 0);
    const { pixels, outcomes } = labelsToMask(faint, SIZE, 0.31);
    expect([...pixels]).toEqual(Array(96).fill(0));
    expect(outcomes).toEqual([{ confidence: 0, lost: true }]);
  });

  it.each([
    [0.21, false],
    [0.19, true],
  ])('a label with a probability of at most %d is lost by default: %s', (peak, lost) => {
    const faint = map(2, 1, 0, 1 - peak, peak, 1, 0, 1, 0, 1, 0, 1, 0);
    expect(labelsToMask(faint, SIZE, LOST_BELOW.probability).outcomes[0]?.lost).toBe(lost);
  });

  it('a label without any cell is lost, even with a limit of 0', () => {
    const gone = map(3, ...Array(6).fill([0.5, 0.5, 0]).flat());
    expect(labelsToMask(gone, SIZE, 0).outcomes[1]).toEqual({ confidence: 0, lost: true });
  });

  it('as published, is drawn at the network input size and resized to nearest pixels', () => {
    const row = { rows: 1, columns: 3, cellWidthPx: 20 / 3, cellHeightPx: 6, labels: 2 };
    const probabilities = Float32Array.of(1, 0, 0.4, 0.6, 0, 1);
    const size = { width: 20, height: 6 };
    const lengthOfFirst = (pixels: Uint8Array) => pixels.indexOf(1);
    // the border lies at 0.444 of the width; at two pixels per cell it falls on the third of six
    expect(lengthOfFirst(labelsToMask({ ...row, probabilities }, size, 0).pixels)).toBe(9);
    expect(lengthOfFirst(labelsToResizedMask({ ...row, probabilities }, size, 0, 2).pixels)).toBe(10);
  });
});
