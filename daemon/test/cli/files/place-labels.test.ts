import type { Box } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { type Label, type PlacedLabel, placeLabels } from '../../../src/cli/files/place-labels.js';
import { haloWidth, textWidth } from '../../../src/cli/files/vector-text.js';

const IMAGE = { x: 100, y: 0, w: 400, h: 300 };
const OPTIONS = { radius: 7, heights: [12, 8] };

const point = (x: number, y: number, text = '12: 100%'): Label => ({ text, marker: { x, y, w: 0, h: 0 } });

function areaOf({ text }: Label, { x, y, height }: PlacedLabel): Box {
  const halo = haloWidth(height);
  return { x: x - halo, y: y - halo, w: textWidth(text, height) + 2 * halo, h: height + 2 * halo };
}

function areasOf(labels: readonly Label[], image = IMAGE): (Box | undefined)[] {
  const placed = placeLabels(labels, image, OPTIONS);
  return labels.map((label, n) => {
    const place = placed[n];
    return place && areaOf(label, place);
  });
}

function expectInside(area: Box | undefined): void {
  if (area === undefined) throw new Error('the label is left out');
  expect(area.x).toBeGreaterThanOrEqual(IMAGE.x);
  expect(area.y).toBeGreaterThanOrEqual(IMAGE.y);
  expect(area.x + area.w).toBeLessThanOrEqual(IMAGE.x + IMAGE.w);
  expect(area.y + area.h).toBeLessThanOrEqual(IMAGE.y + IMAGE.h);
}

const overlap = (a: Box, b: Box) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('a label', () => {
  it.each([
    [100, 0],
    [500, 0],
    [100, 300],
    [500, 300],
    [300, 150],
  ])('of a point at %d,%d is inside the image and beside its marker', (x, y) => {
    const [area] = areasOf([point(x, y)]);
    expectInside(area);
    const marker = { x: x - OPTIONS.radius, y: y - OPTIONS.radius, w: 2 * OPTIONS.radius, h: 2 * OPTIONS.radius };
    expect(area && overlap(area, marker)).toBe(false);
  });

  it('of a box is above its corner, or inside at the upper edge of the image', () => {
    const box = { text: '3', marker: { x: 120, y: 100, w: 200, h: 80 } };
    const [above] = areasOf([box]);
    expect((above?.y ?? 0) + (above?.h ?? 0)).toBeCloseTo(100, 6);
    const [within] = areasOf([{ text: '3', marker: { x: 100, y: 0, w: 400, h: 300 } }]);
    expectInside(within);
  });

  it('has the preferred height where there is room, else a smaller one', () => {
    const wide = placeLabels([point(300, 150)], IMAGE, OPTIONS);
    expect(wide[0]?.height).toBe(12);
    const low = { ...IMAGE, h: 13 };
    const [small] = placeLabels([point(300, 6)], low, OPTIONS);
    expect(small?.height).toBe(8);
  });

  it('is left out where there is no room', () => {
    expect(placeLabels([point(102, 2)], { ...IMAGE, w: 5, h: 5 }, OPTIONS)).toEqual([undefined]);
  });
});

it('labels of two hundred boxes and points do not overlap each other or the points', () => {
  const boxes = Array.from({ length: 150 }, (_, n) => {
    return { text: `${n + 1}: 99%`, marker: { x: 100 + (n % 10) * 40, y: Math.floor(n / 10) * 20, w: 38, h: 18 } };
  });
  const points = Array.from({ length: 50 }, (_, n) => point(110 + (n % 10) * 38, 40 + Math.floor(n / 10) * 50, '7'));
  const areas = areasOf([...boxes, ...points]).flatMap((area) => area ?? []);
  expect(areas.length).toBeGreaterThan(40);
  const markers = points.map(({ marker: { x, y } }) => ({ x: x - 7, y: y - 7, w: 14, h: 14 }));
  for (const [n, area] of areas.entries()) {
    expectInside(area);
    for (const other of [...areas.slice(n + 1), ...markers]) expect(overlap(area, other)).toBe(false);
  }
});
