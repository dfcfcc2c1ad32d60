import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { FloatType } from 'three';
import { EXRLoader } from 'three/examples/jsm/loaders/EXRLoader.js';
import { random } from '../random.js';

/** Places with a camera panorama in `@pmndrs/assets`. */
export const PLACES = [
  'apartment',
  'bridge',
  'city',
  'dawn',
  'esplanade',
  'forest',
  'hall',
  'lab',
  'lobby',
  'night',
  'park',
  'sky',
  'studio',
  'sunrise',
  'sunset',
  'venice',
  'warehouse',
  'workshop',
] as const;
export type Place = (typeof PLACES)[number];

const SIZE = { width: 640, height: 480 };
/** Height of a photograph relative to the panorama. */
const SHOWN = { least: 0.5, most: 0.75 };
/** Target of the median brightness between black and white. */
const MIDDLE_GREY = 0.4;
const LAMP_SHADOW = -0.02;

interface Panorama {
  width: number;
  height: number;
  /** Linear light, row-major from the bottom. */
  rgba: Float32Array;
}
const panoramas = new Map<Place, Panorama>();

/** A crop of a panorama, exposed like a photograph, as a JPEG. */
export function panoramaPhoto(place: Place, key: string): Promise<Buffer> {
  const { width, height, rgba } = panorama(place);
  const rng = random(key);
  const rows = Math.round(height * (SHOWN.least + rng.next() * (SHOWN.most - SHOWN.least)));
  const columns = Math.round((rows * SIZE.width) / SIZE.height);
  const [left, top] = [rng.whole(0, width - 1), Math.round((height - rows) * (0.25 + rng.next() * 0.5))];
  const gain = exposure(rgba);
  const pixels = Buffer.alloc(columns * rows * 3);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const from = ((height - 1 - top - y) * width + ((left + x) % width)) * 4;
      for (let k = 0; k < 3; k++) pixels[(y * columns + x) * 3 + k] = developed((rgba[from + k] ?? 0) * gain);
    }
  }
  return sharp(pixels, { raw: { width: columns, height: rows, channels: 3 } })
    .resize({ ...SIZE, kernel: 'lanczos3' })
    .sharpen()
    .jpeg({ quality: 86 })
    .toBuffer();
}

function panorama(place: Place): Panorama {
  let known = panoramas.get(place);
  if (known === undefined) {
    const module = readFileSync(new URL(import.meta.resolve(`@pmndrs/assets/hdri/${place}.exr.js`)), 'utf8');
    const exr = Buffer.from(/base64,([^'"`]+)/.exec(module)?.[1] ?? '', 'base64');
    const read = new EXRLoader().setDataType(FloatType).parse(Uint8Array.from(exr).buffer);
    known = { width: read.width, height: read.height, rgba: Float32Array.from(read.data) };
    panoramas.set(place, known);
  }
  return known;
}

/** Reinhard's operator maps x to x ÷ (1 + x); this factor maps the median green to middle grey. */
function exposure(rgba: Float32Array): number {
  const green = rgba.filter((_, n) => n % 4 === 1).sort();
  const middle = MIDDLE_GREY ** 2.2;
  return middle / (1 - middle) / Math.max(green[green.length >> 1] ?? 1, 1e-4);
}

function developed(light: number): number {
  // the panoramas' downscaling filter undershoots next to lamps
  if (light < LAMP_SHADOW) return 255;
  const dark = Math.max(0, light);
  return Math.round(255 * (dark / (1 + dark)) ** (1 / 2.2));
}
