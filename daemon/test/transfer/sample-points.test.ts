import type { Box } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { samplePoints } from '../../src/transfer/sample-points.js';
import { contains } from '../../src/transfer/transforms/boxes.js';

const IMAGE = { width: 1000, height: 800 };

const around = (box: Box, overlays: readonly Box[] = [box]) =>
  samplePoints({ kind: 'overlay', itemId: 'o', box }, [], overlays, IMAGE);

describe('points around an overlay', () => {
  it.each([
    ['half of its longer side', { x: 400, y: 300, w: 200, h: 100 }, 100],
    ['6 % of the longer side of the image, if that is more', { x: 400, y: 300, w: 40, h: 20 }, 60],
  ])('lie in a margin of %s', (_what, box, margin) => {
    const xs = around(box).map(({ x }) => x);
    const step = (box.w + 2 * margin) / 8;
    expect(Math.min(...xs)).toBeCloseTo(box.x - margin + step / 2, 9);
    expect(Math.max(...xs)).toBeCloseTo(box.x + box.w + margin - step / 2, 9);
  });

  it('lie outside all overlays', () => {
    const [box, other] = [
      { x: 400, y: 300, w: 200, h: 100 },
      { x: 500, y: 200, w: 300, h: 120 },
    ];
    const points = around(box, [box, other]);
    expect(points.length).toBeGreaterThan(12);
    expect(points.some((point) => contains(box, point) || contains(other, point))).toBe(false);
  });

  it('lie under overlays too, if fewer than twelve are outside', () => {
    const box = { x: 400, y: 300, w: 200, h: 100 };
    expect(around(box, [{ x: 0, y: 0, w: 1000, h: 800 }])).toHaveLength(64);
  });
});

it('a layer outside the image has no points, one without area has', () => {
  const pointsOf = (box: Box) => {
    const layer = { layerId: 'l', name: '', type: 'FRAME' as const, box, candidate: true };
    return samplePoints({ kind: 'layer', itemId: 'i', layerId: 'l' }, [layer], [], IMAGE);
  };
  expect(pointsOf({ x: 1200, y: 0, w: 50, h: 50 })).toEqual([]);
  expect(pointsOf({ x: 100, y: 50, w: 50, h: 0 })).toHaveLength(16);
});
