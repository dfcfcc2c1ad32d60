import type { Box, Point } from '@samepoint/shared-protocol';
import { describe, expect, it, vi } from 'vitest';
import { COARSE_TO_FINE, type CoarseMatch, refineMatches } from '../../src/correspond/coarse-to-fine.js';
import type { FeatureMap } from '../../src/diffusion/feature-map.js';
import type { FeaturePyramid } from '../../src/diffusion/feature-pyramid.js';
import { seededRandom } from '../support/random.js';

const COARSE_PX = 8;
const FINE_PX = 2;
const SIZE = { longSidePx: 512, windowPx: 128 };
const WHOLE = { width: 512, height: 384 };

/** The features of a place, in pixels of the image. */
type Field = (x: number, y: number) => readonly number[];

/** A field in which every place is like those near it and like no other. */
function waves(seed: number): Field {
  const random = seededRandom(seed);
  const waves = Array.from({ length: 48 }, () => [0.5 * random() - 0.25, 0.5 * random() - 0.25, 7 * random()]);
  return (x, y) => waves.map(([u = 0, v = 0, phase = 0]) => Math.cos(u * x + v * y + phase));
}

function mapOf(field: Field, { x, y, w, h }: Box, cellPx: number): FeatureMap {
  const [columns, rows] = [Math.ceil(w / cellPx), Math.ceil(h / cellPx)];
  const cells = Array.from({ length: rows * columns }, (_, cell) => {
    const column = field(x + ((cell % columns) + 0.5) * cellPx, y + (Math.floor(cell / columns) + 0.5) * cellPx);
    const length = Math.hypot(...column);
    return column.map((value) => value / length);
  });
  const channels = cells[0]?.length ?? 0;
  const chw = Float32Array.from({ length: channels * cells.length }, (_, at) => {
    return cells[at % cells.length]?.[Math.floor(at / cells.length)] ?? 0;
  });
  return { channels, rows, columns, chw, cellWidthPx: cellPx, cellHeightPx: cellPx };
}

/** An image with the features of a field, finer through its windows. */
function imageOf(field: Field, { width, height } = WHOLE) {
  const window = vi.fn(async (box: Box) => mapOf(field, box, (FINE_PX * Math.max(width, height)) / WHOLE.width));
  const pyramid: FeaturePyramid = {
    width,
    height,
    blank: false,
    levels: [mapOf(field, { x: 0, y: 0, w: width, h: height }, COARSE_PX)],
    baseLevel: 0,
    fine: { size: SIZE, window },
  };
  return { pyramid, window };
}

function place(source: Point, target: Point, scale = 1): CoarseMatch {
  return { source, target, scale, sourceCellPx: COARSE_PX, targetCellPx: COARSE_PX * scale };
}

function distance(a: Point | null | undefined, b: Point): number {
  return a ? Math.hypot(a.x - b.x, a.y - b.y) : Number.POSITIVE_INFINITY;
}

const SHIFT = { x: 37.3, y: -12.6 };
const field = waves(1);
const shifted: Field = (x, y) => field(x - SHIFT.x, y - SHIFT.y);
const truthOf = ({ x, y }: Point) => ({ x: x + SHIFT.x, y: y + SHIFT.y });
const POINTS = Array.from({ length: 12 }, (_, n) => ({ x: 60 + 33.7 * n, y: 40 + ((n * 97) % 300) }));

describe('coarse-to-fine refinement', () => {
  it('finds positions to within half a fine cell', async () => {
    const [source, target] = [imageOf(field), imageOf(shifted)];
    const places = POINTS.map((point, n) => {
      const truth = truthOf(point);
      return place(point, { x: truth.x + (n % 2 === 0 ? 2 : -2), y: truth.y + (n % 3 === 0 ? 3 : -3) });
    });
    const found = await refineMatches(source.pyramid, target.pyramid, places, true);
    for (const [n, point] of POINTS.entries()) expect(distance(found[n], truthOf(point))).toBeLessThan(FINE_PX / 2);
  });

  it('gives the centres of cells without sub-cell refinement', async () => {
    const [source, target] = [imageOf(field), imageOf(shifted)];
    const [point = { x: 0, y: 0 }] = POINTS;
    const [found] = await refineMatches(source.pyramid, target.pyramid, [place(point, truthOf(point))], false);
    expect(found?.x).toBeCloseTo(Math.round((truthOf(point).x - FINE_PX / 2) / FINE_PX) * FINE_PX + FINE_PX / 2, 6);
  });

  it('zooms a target of another scale to the scale of the source', async () => {
    const [source, target] = [imageOf(field), imageOf((x, y) => field(x / 2, y / 2), { width: 1024, height: 768 })];
    const point = { x: 200, y: 150 };
    const [found] = await refineMatches(source.pyramid, target.pyramid, [place(point, { x: 405, y: 295 }, 2)], true);
    expect(distance(found, { x: 400, y: 300 })).toBeLessThan(2 * FINE_PX);
    const [[from], [to]] = [source.window.mock.calls[0] ?? [], target.window.mock.calls[0] ?? []];
    expect([to?.w, to?.h]).toEqual([2 * (from?.w ?? 0), 2 * (from?.h ?? 0)]);
  });

  it('keeps a position that is not confirmed nearby', async () => {
    const [source, target] = [imageOf(field), imageOf(shifted)];
    const point = { x: 200, y: 200 };
    const far = { x: truthOf(point).x + (COARSE_TO_FINE.reachCells + 1) * COARSE_PX, y: truthOf(point).y };
    expect(await refineMatches(source.pyramid, target.pyramid, [place(point, far)], true)).toEqual([null]);
  });

  it('keeps a position that is more cycle-consistent than the best fine cell', async () => {
    // `other` is the most similar to the point, but its backward match is beside the point
    const [here, beside, coarse, other] = [
      [201, 41],
      [207, 41],
      [201, 41],
      [205, 41],
    ];
    const mark =
      (places: [number[] | undefined, number[]][]): Field =>
      (x, y) =>
        places.find(([at]) => at?.[0] === x && at?.[1] === y)?.[1] ?? [0, 0, 0, 1];
    const source = imageOf(
      mark([
        [here, [1, 0, 0, 0]],
        [beside, [0.866, 0.5, 0, 0]],
      ]),
    );
    const target = imageOf(
      mark([
        [coarse, [0.8, 0, 0.6, 0]],
        [other, [0.866, 0.5, 0, 0]],
      ]),
    );
    const at = { x: 201, y: 41 };
    expect(await refineMatches(source.pyramid, target.pyramid, [place(at, at)], true)).toEqual([null]);
    // without the cell beside the point, the backward match is the point
    const plain = imageOf(mark([[here, [1, 0, 0, 0]]]));
    const [moved] = await refineMatches(plain.pyramid, target.pyramid, [place(at, at)], false);
    expect(moved).toEqual({ x: 205, y: 41 });
  });

  it('keeps a position that would move by more than 1 % of the longer side', async () => {
    const [source, target] = [imageOf(field), imageOf(shifted)];
    const point = { x: 200, y: 200 };
    const offBy = (px: number) => place(point, { x: truthOf(point).x + px, y: truthOf(point).y });
    const [near, far] = await refineMatches(source.pyramid, target.pyramid, [offBy(4), offBy(7)], true);
    expect(distance(near, truthOf(point))).toBeLessThan(FINE_PX / 2);
    expect(far).toBeNull();
  });

  it('ignores equal elements farther than two coarse cells away', async () => {
    // of equal cells the first is the peak, so a search that reaches the copy on the left finds it
    const twice: Field = (x, y) => field(x < 220 ? x + 40 : x, y);
    const [source, target] = [imageOf(field), imageOf(twice)];
    const point = { x: 240, y: 200 };
    const [found] = await refineMatches(source.pyramid, target.pyramid, [place(point, { x: 242, y: 200 })], true);
    expect(distance(found, point)).toBeLessThan(FINE_PX / 2);
  });

  it('computes each window once, however many points it serves', async () => {
    const [source, target] = [imageOf(field), imageOf(field)];
    const near = Array.from({ length: 50 }, (_, n) => ({ x: 180 + (n % 10), y: 180 + Math.floor(n / 10) }));
    await refineMatches(
      source.pyramid,
      target.pyramid,
      near.map((point) => place(point, point)),
      true,
    );
    expect([source.window.mock.calls.length, target.window.mock.calls.length]).toEqual([1, 1]);
  });

  it('skips windows that are the whole images, and images without windows', async () => {
    const small = imageOf(field, { width: 24, height: 16 });
    const at = { x: 8, y: 8 };
    expect(await refineMatches(small.pyramid, small.pyramid, [place(at, at)], true)).toEqual([null]);
    expect(small.window).not.toHaveBeenCalled();
    const { fine: _, ...featuresOnly } = imageOf(field).pyramid;
    expect(await refineMatches(featuresOnly, imageOf(field).pyramid, [place(at, at)], true)).toEqual([null]);
  });
});
