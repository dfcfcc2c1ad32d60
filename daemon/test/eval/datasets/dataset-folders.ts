import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Homography, Point } from '@samepoint/shared-protocol';
import type { RgbImage } from '../../../src/images/decode.js';
import { invert, project } from '../../../src/transfer/transforms/projective.js';
import { draw, encoder, moved } from '../../support/draw.js';
import { LANDMARKS, MOCKUP, mockup } from '../../support/screens.js';

/** Shift of the second drawing in pixels. */
export const SHIFT = { x: 10, y: 6 };

/** Landmarks of the mockup in the shifted drawing. */
export const MOVED_LANDMARKS: Point[] = LANDMARKS.map(({ x, y }) => ({ x: x + SHIFT.x, y: y + SHIFT.y }));

/** The mockup, and a shifted copy. */
export function drawings(): { still: RgbImage; moved: RgbImage } {
  const { width, height } = MOCKUP;
  return { still: draw(width, height, mockup()), moved: draw(width, height, moved(mockup(), SHIFT.x, SHIFT.y)) };
}

export function writeJson(path: string, value: unknown): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, JSON.stringify(value));
}

const pairs = (points: readonly Point[]) => points.map(({ x, y }) => [x, y]);

/** A pair of SPair-71k in the format of PairAnnotation. */
export function spairAnnotation(category: string, source: string, target: string) {
  return {
    filename: `1-${source}-${target}:${category}`,
    src_imname: `${source}.jpg`,
    trg_imname: `${target}.jpg`,
    src_imsize: [MOCKUP.width, MOCKUP.height, 3],
    trg_imsize: [MOCKUP.width, MOCKUP.height, 3],
    src_bndbox: [0, 0, MOCKUP.width, MOCKUP.height],
    trg_bndbox: [20, 10, 270, 90],
    category,
    src_kps: pairs(LANDMARKS),
    trg_kps: pairs(MOVED_LANDMARKS),
    viewpoint_variation: 0,
  };
}

/** SPair-71k in its official layout, with two categories of one pair each. */
export async function writeSpair(folder: string): Promise<void> {
  const { still, moved: other } = drawings();
  for (const category of ['aeroplane', 'cat']) {
    const images = join(folder, 'JPEGImages', category);
    mkdirSync(images, { recursive: true });
    await encoder(still).jpeg({ quality: 95 }).toFile(join(images, 'still.jpg'));
    await encoder(other).jpeg({ quality: 95 }).toFile(join(images, 'moved.jpg'));
    const name = `000001-still-moved:${category}.json`;
    writeJson(join(folder, 'PairAnnotation', 'test', name), spairAnnotation(category, 'still', 'moved'));
  }
}

/** PF-WILLOW in its official layout; ten keypoints, the last two of them repeated. */
export async function writePfWillow(folder: string): Promise<void> {
  const images = join(folder, 'PF-dataset', 'car(S)');
  mkdirSync(images, { recursive: true });
  const { still, moved: other } = drawings();
  await encoder(still).png().toFile(join(images, 'still.png'));
  await encoder(other).png().toFile(join(images, 'moved.png'));
  const ten = (points: readonly Point[]) => [...points, ...points].slice(0, 10);
  const columns = (points: readonly Point[]) => [...ten(points).map(({ x }) => x), ...ten(points).map(({ y }) => y)];
  const header = [
    'imageA',
    'imageB',
    ...['XA', 'YA', 'XB', 'YB'].flatMap((name) => Array.from({ length: 10 }, (_, n) => `${name}${n + 1}`)),
  ];
  const row = [
    'PF-dataset/car(S)/still.png',
    'PF-dataset/car(S)/moved.png',
    ...columns(LANDMARKS),
    ...columns(MOVED_LANDMARKS),
  ];
  writeFileSync(join(folder, 'test_pairs.csv'), `${header.join()}\n${row.join()}\n`);
}

/** A folder of own pairs: one shifted, and one of equal images. */
export async function writePairs(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { still, moved: other } = drawings();
  await encoder(still).png().toFile(join(folder, 'still.png'));
  await encoder(other).png().toFile(join(folder, 'moved.png'));
  writeJson(join(folder, 'pairs.json'), [
    {
      source: 'still.png',
      target: 'moved.png',
      sourcePoints: pairs(LANDMARKS),
      targetPoints: pairs(MOVED_LANDMARKS),
      group: 'moved',
    },
    {
      source: 'still.png',
      target: 'still.png',
      sourcePoints: pairs(LANDMARKS),
      targetPoints: pairs(LANDMARKS),
      group: 'same',
    },
  ]);
}

/** What changes between the first image of a sequence and the others. */
export interface HpatchesSequence {
  name: string;
  truth: Homography;
  /** Maps a colour value. */
  light: (value: number) => number;
}

/** HPatches sequences in their official layout, with landmarks as keypoints in text files, the format of DIFT's SuperPoint keypoints. */
export async function writeHpatches(
  folder: string,
  keypoints: string,
  sequences: readonly HpatchesSequence[],
): Promise<void> {
  mkdirSync(keypoints, { recursive: true });
  const { still } = drawings();
  for (const { name, truth, light } of sequences) {
    mkdirSync(join(folder, name), { recursive: true });
    const text = (points: readonly Point[]) => points.map(({ x, y }) => `${x} ${y}\n`).join('');
    for (const index of [1, 2, 3, 4, 5, 6]) {
      const changed = index === 1 ? still : warped(still, truth, light);
      writeFileSync(join(folder, name, `${index}.ppm`), toPpm(changed));
      const points = index === 1 ? LANDMARKS : LANDMARKS.map((point) => project(truth, point));
      writeFileSync(join(keypoints, `${name}-${index}.kp`), text(points));
      if (index > 1) writeFileSync(join(folder, name, `H_1_${index}`), rowsOf(truth));
    }
  }
}

function rowsOf(h: Homography): string {
  return [0, 3, 6].map((at) => `${h.slice(at, at + 3).join(' ')}\n`).join('');
}

function toPpm({ width, height, rgb }: RgbImage): Buffer {
  return Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), rgb]);
}

/** The image under a homography, with nearest pixels and other lighting; white outside the image. */
function warped({ width, height, rgb }: RgbImage, truth: Homography, light: (value: number) => number): RgbImage {
  const back = invert(truth);
  const out = new Uint8Array(rgb.length).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const from = project(back, { x: pixel % width, y: Math.floor(pixel / width) });
    const [x, y] = [Math.round(from.x), Math.round(from.y)];
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    for (let c = 0; c < 3; c++) out[pixel * 3 + c] = light(rgb[(y * width + x) * 3 + c] ?? 0);
  }
  return { width, height, rgb: out };
}
