import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { drawMatches } from '../../../src/cli/files/draw-matches.js';
import { readImage } from '../../../src/cli/files/read-image.js';
import type { MatchedTarget } from '../../../src/cli/format/match-report.js';
import { decodeImage, type RgbImage } from '../../../src/images/decode.js';
import { draw, pixel, toPng, WHITE } from '../../support/draw.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

it('a box that contains others is drawn as an outline', async () => {
  // the maximum size of a drawing
  const image = draw(720, 720);
  const [source, target] = [folder.path('a.png'), folder.path('b.png')];
  for (const path of [source, target]) writeFileSync(path, await toPng(image));
  const [holder, inner] = [
    { x: 100, y: 100, w: 500, h: 500 },
    { x: 150, y: 150, w: 60, h: 60 },
  ];
  const items = [holder, inner].map((box) => ({ source: box, target: box, confidence: 1 }));
  const report = {
    backend: 'ui',
    calibrated: true,
    device: 'cpu',
    source,
    targets: [{ image: target, items }],
  };
  const [path = ''] = await drawMatches(folder.path('drawn'), await readImage(source), report);
  const drawing = await decodeImage(readFileSync(path));
  expect(pixel(drawing, 400, 500)).toEqual(WHITE);
  expect(pixel(drawing, 100, 400)).not.toEqual(WHITE);
  expect(pixel(drawing, 160, 200)).not.toEqual(WHITE);
});

describe('the drawing of a pair', () => {
  const image = draw(720, 720);
  const GAP = 24;

  async function drawnWith(items: MatchedTarget['items'], name: string): Promise<RgbImage> {
    const [source, target] = [folder.path('plain.png'), folder.path(`${name}.png`)];
    for (const path of [source, target]) writeFileSync(path, await toPng(image));
    const report = { backend: 'ui', calibrated: true, device: 'cpu', source, targets: [{ image: target, items }] };
    const [path = ''] = await drawMatches(folder.path('numbered'), await readImage(source), report);
    return decodeImage(readFileSync(path));
  }

  /** Number of pixels in an area that are not white. */
  function inked(drawing: RgbImage, [x, y, w, h]: readonly [number, number, number, number]): number {
    const pixels = Array.from({ length: w * h }, (_, n) => pixel(drawing, x + (n % w), y + Math.floor(n / w)));
    return pixels.filter((colour) => colour.some((value) => value < 200)).length;
  }

  it('has the number of each match at both ends, with the confidence at the target', async () => {
    const match = { source: { x: 300, y: 300 }, target: { x: 300, y: 300 }, confidence: 0.9 };
    const drawing = await drawnWith([match], 'matched');
    expect([drawing.width, drawing.height]).toEqual([720 + GAP + 720, 720]);
    // beside each marker: the number, then the percentage, which only the target has
    expect(inked(drawing, [309, 290, 12, 9])).toBeGreaterThan(10);
    expect(inked(drawing, [328, 290, 30, 9])).toBe(0);
    expect(inked(drawing, [720 + GAP + 328, 290, 30, 9])).toBeGreaterThan(30);
  });

  it('lists the items without a counterpart below, and only those', async () => {
    const found = { source: { x: 100, y: 100 }, target: { x: 100, y: 100 }, confidence: 1 };
    const missing = { ...found, source: { x: 200, y: 400 }, target: null };
    const few = await drawnWith([found, missing], 'few');
    expect(few.height).toBeGreaterThan(740);
    expect(few.height).toBeLessThan(800);
    expect(inked(few, [209, 390, 12, 20])).toBeGreaterThan(10);
    const many = await drawnWith([found, ...Array.from({ length: 300 }, () => missing)], 'many');
    expect(many.height).toBeGreaterThan(few.height + 60);
  });
});
