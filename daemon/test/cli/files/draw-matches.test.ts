import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawMatches } from '../../../src/cli/files/draw-matches.js';
import { readImage } from '../../../src/cli/files/read-image.js';
import { decodeImage } from '../../../src/images/decode.js';
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
