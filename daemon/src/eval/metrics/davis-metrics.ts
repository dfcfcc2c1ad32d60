import type { Size } from '../../images/resize.js';

/** Mask of one object, row-major; 1 inside. */
export interface BinaryMask extends Size {
  pixels: Uint8Array;
}

/** Maximum distance of matching contours, relative to the image diagonal. */
const CONTOUR_TOLERANCE = 0.008;

/** Decay compares the first and the last of these parts of a sequence. */
const DECAY_BINS = 4;

/** Recall counts frames above this value. */
const RECALL_ABOVE = 0.5;

/**
 * Region similarity J: intersection over union, 1 if both masks are empty.
 * Source: Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation, 2016.
 */
export function regionSimilarity(truth: BinaryMask, found: BinaryMask): number {
  let both = 0;
  let either = 0;
  for (const [pixel, inTruth] of truth.pixels.entries()) {
    const inFound = found.pixels[pixel] ?? 0;
    both += inTruth & inFound;
    either += inTruth | inFound;
  }
  return either === 0 ? 1 : both / either;
}

/**
 * Boundary accuracy F: harmonic mean of contour precision and contour recall.
 * Source: Perazzi et al., 2016, as the public davis2017-evaluation computes it.
 */
export function boundaryAccuracy(truth: BinaryMask, found: BinaryMask): number {
  const radius = Math.ceil(CONTOUR_TOLERANCE * Math.hypot(truth.width, truth.height));
  const ofTruth = contour(truth);
  const ofFound = contour(found);
  if (ofTruth.length === 0 || ofFound.length === 0) return ofTruth.length === ofFound.length ? 1 : 0;
  const precision = fractionNear(ofFound, ofTruth, radius, truth);
  const recall = fractionNear(ofTruth, ofFound, radius, truth);
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/**
 * Pixels that differ from their right, lower or lower right neighbour; in the last row and column, from the one
 * neighbour along it. Source: Martin's seg2bmap, 2003.
 */
function contour({ width, height, pixels }: BinaryMask): number[] {
  const found: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const right = x + 1 < width ? 1 : 0;
      const below = y + 1 < height ? width : 0;
      const own = pixels[at];
      if (own !== pixels[at + right] || own !== pixels[at + below] || own !== pixels[at + right + below])
        found.push(at);
    }
  }
  return found;
}

/** Fraction of `points` within `radius` pixels of one of `others`. */
function fractionNear(points: readonly number[], others: readonly number[], radius: number, size: Size): number {
  const near = dilated(others, radius, size);
  return points.filter((at) => near[at] === 1).length / points.length;
}

function dilated(points: readonly number[], radius: number, { width, height }: Size): Uint8Array {
  const near = new Uint8Array(width * height);
  const halfWidths = Array.from({ length: radius + 1 }, (_, dy) => Math.floor(Math.sqrt(radius ** 2 - dy ** 2)));
  for (const at of points) {
    const x = at % width;
    const y = Math.floor(at / width);
    for (let row = Math.max(0, y - radius); row <= Math.min(height - 1, y + radius); row++) {
      const half = halfWidths[Math.abs(row - y)] ?? 0;
      near.fill(1, row * width + Math.max(0, x - half), row * width + Math.min(width, x + half + 1));
    }
  }
  return near;
}

export interface SequenceStatistics {
  mean: number;
  /** Fraction of frames above 0.5. */
  recall: number;
  /** Mean of the first quarter of the frames minus that of the last. */
  decay: number;
}

/**
 * Statistics of one object's values over the frames of its sequence.
 * Source: Perazzi et al., 2016, as the public davis2017-evaluation computes them; the quarters share their border frames.
 */
export function sequenceStatistics(values: readonly number[]): SequenceStatistics {
  const border = (n: number) => Math.round(1 + ((values.length - 1) * n) / DECAY_BINS + 1e-10) - 1;
  const bin = (n: number) => mean(values.slice(border(n), border(n + 1) + 1));
  return {
    mean: mean(values),
    recall: mean(values.map((value) => (value > RECALL_ABOVE ? 1 : 0))),
    decay: bin(0) - bin(DECAY_BINS - 1),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
