import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { drawMatches } from '../../../src/cli/files/draw-matches.js';
import { decodeImage } from '../../../src/images/decode.js';
import { draw, pixel, WHITE } from '../../support/draw.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

it('a box that contains others is drawn as an outline', async () => {
  // the maximum size of a drawing
  const image = draw(720, 720);
  const file = (path: string) => ({ path, imageId: path, bytes: new Uint8Array(), image });
  const [holder, inner] = [
    { x: 100, y: 100, w: 500, h: 500 },
    { x: 150, y: 150, w: 60, h: 60 },
  ];
  const items = [holder, inner].map((box) => ({ source: box, target: box, confidence: 1 }));
  const report = {
    backend: 'ui',
    calibrated: true,
    device: 'cpu',
    source: 'a.png',
    targets: [{ image: 'b.png', items }],
  };
  const [path = ''] = await drawMatches(folder.path('drawn'), file('a.png'), [file('b.png')], report);
  const drawing = await decodeImage(readFileSync(path));
  expect(pixel(drawing, 400, 500)).toEqual(WHITE);
  expect(pixel(drawing, 100, 400)).not.toEqual(WHITE);
  expect(pixel(drawing, 160, 200)).not.toEqual(WHITE);
});
