import type { Point } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { gridPoints } from '../../../src/transfer/transforms/boxes.js';
import { placeRegion, regionConfidence } from '../../../src/transfer/transforms/place-region.js';

const CARD = { x: 40, y: 100, w: 200, h: 80 };
const SIDE_PX = 600;

/** The placed box of the card if `move` gives the target of each point. */
function placeCard(move: (point: Point, n: number) => Point, weightOf = (_point: Point) => 0.9) {
  const correspondences = gridPoints(CARD, 4).map((source, n) => {
    return { source, target: move(source, n), weight: weightOf(source), scale: 1 };
  });
  return placeRegion(CARD, correspondences, SIDE_PX)?.box;
}

const isRight = ({ x }: Point) => x > CARD.x + 0.75 * CARD.w;
const isLow = ({ y }: Point) => y > CARD.y + 0.75 * CARD.h;

describe('a box', () => {
  it('is wider if the content at its right edge lies farther out', () => {
    const box = placeCard((point) => ({ x: point.x + (isRight(point) ? 60 : 10), y: point.y + 5 }));
    expect(box).toEqual({ x: 50, y: 105, w: 250, h: 80 });
  });

  it('is less high if its lowest row is higher up', () => {
    const box = placeCard((point) => ({ x: point.x, y: point.y - (isLow(point) ? 20 : 0) }));
    expect(box).toEqual({ x: 40, y: 100, w: 200, h: 60 });
  });

  it('keeps an edge whose points disagree', () => {
    const scattered = (point: Point, n: number) => (isRight(point) ? { x: 37 * n, y: 23 * n } : point);
    expect(placeCard(scattered)).toEqual(CARD);
  });

  it('keeps an edge whose points have little weight', () => {
    const wide = (point: Point) => ({ x: point.x + (isRight(point) ? 60 : 0), y: point.y });
    expect(placeCard(wide, (point) => (isRight(point) ? 0.1 : 0.9))).toEqual(CARD);
  });

  it('hardly changes if its points move by no more than noise', () => {
    const noisy = (point: Point) => ({ x: point.x + (isRight(point) ? 2 : 0), y: point.y });
    expect(Math.abs((placeCard(noisy)?.w ?? 0) - CARD.w)).toBeLessThan(2.5);
  });

  it('changes its width at most by a factor of two', () => {
    expect(placeCard((point) => ({ x: point.x + (isRight(point) ? 260 : 0), y: point.y }))).toEqual(CARD);
    expect(placeCard((point) => ({ x: point.x - (isRight(point) ? 130 : 0), y: point.y }))).toEqual(CARD);
  });
});

describe('a region', () => {
  it.each([
    [0.06, true],
    [0.04, false],
  ])('with an inlier share of %d has a counterpart: %s', (weight, found) => {
    expect(
      placeCard(
        (point) => point,
        () => weight,
      ) !== undefined,
    ).toBe(found);
  });

  it.each([
    [0, 0.0024],
    [0.1, 0.0308],
    [0.5, 0.2227],
    [0.75, 0.4829],
    [0.9, 0.8766],
    [1, 0.9989],
  ])('with an inlier share of %d has the calibrated confidence %d', (share, confidence) => {
    expect(regionConfidence(share)).toBeCloseTo(confidence, 4);
  });
});
