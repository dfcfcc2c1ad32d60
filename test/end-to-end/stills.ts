import sharp from 'sharp';
import { imageFill } from '../figma-host/images.js';
import type { NodeSpec } from '../figma-host/spec.js';

/** Size of a still, in pixels and canvas units. */
export const STILL = { width: 640, height: 360 } as const;

/** Where the van is in each still: its left edge.*/
export const VAN_X = [60, 95, 130, 165, 200] as const;
const VAN_Y = 190;

/** The outline of the van from its left top corner. */
const VAN = 'M 0 20 L 20 0 L 110 0 L 128 34 L 150 40 L 150 76 L 0 76 Z';

/** The path of the van in a still. */
export function vanPath(x: number): string {
  return VAN.replace(
    /(-?\d+) (-?\d+)/g,
    (_, left: string, top: string) => `${Number(left) + x} ${Number(top) + VAN_Y}`,
  );
}

/** A van on a street before houses; null draws the street alone. */
export async function drawStill(x: number | null): Promise<Uint8Array> {
  const houses = Array.from({ length: 9 }, (_, n) => {
    const [left, top] = [n * 76 - 10, 60 + ((n * 37) % 50)];
    const window = (dx: number, dy: number) =>
      `<rect x="${left + dx}" y="${top + dy}" width="14" height="18" fill="#dfe9f2"/>`;
    return (
      `<rect x="${left}" y="${top}" width="70" height="${200 - top + 20}" fill="hsl(${30 + n * 23} 35% ${52 + (n % 3) * 8}%)"/>` +
      window(10, 14) +
      window(42, 14) +
      window(10, 48) +
      window(42, 48)
    );
  }).join('');
  const van =
    x === null
      ? ''
      : `<path d="${vanPath(x)}" fill="#c8202e"/>
         <g transform="translate(${x} ${VAN_Y})">
           <path d="M 92 8 L 106 8 L 118 32 L 92 32 Z" fill="#bfe3ff"/>
           <rect x="26" y="10" width="26" height="20" fill="#bfe3ff"/><rect x="58" y="10" width="26" height="20" fill="#bfe3ff"/>
           <rect x="0" y="46" width="150" height="8" fill="#ffffff"/>
           <circle cx="34" cy="66" r="10" fill="#1c1c1c"/><circle cx="120" cy="66" r="10" fill="#1c1c1c"/>
         </g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${STILL.width}" height="${STILL.height}">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="#8fc4ea"/><stop offset="1" stop-color="#e9f3fa"/></linearGradient></defs>
    <rect width="640" height="360" fill="url(#sky)"/>${houses}
    <rect y="220" width="640" height="140" fill="#6d7278"/>
    ${Array.from({ length: 8 }, (_, n) => `<rect x="${n * 86 + 10}" y="306" width="44" height="6" fill="#f3f0df"/>`).join('')}
    ${van}</svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).png().toBuffer());
}

/** A still as a picture on the page. */
export function still(key: string, name: string, png: Uint8Array, place: { x: number; y: number }): NodeSpec {
  return { key, type: 'RECTANGLE', name, ...place, ...STILL, props: { fills: [imageFill(png)] } };
}

/** Intersection over union of two areas, each path data in the coordinates of a still. */
export async function overlap(one: string, other: string): Promise<number> {
  const [a, b] = [await rasterize(one), await rasterize(other)];
  let [both, either] = [0, 0];
  for (const [pixel, inA] of a.entries()) {
    const inB = b[pixel] === true;
    if (inA && inB) both += 1;
    if (inA || inB) either += 1;
  }
  return both / either;
}

async function rasterize(path: string): Promise<boolean[]> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${STILL.width}" height="${STILL.height}"><path d="${path}" fill-rule="evenodd"/></svg>`;
  const { data } = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return Array.from({ length: data.length / 4 }, (_, pixel) => (data[4 * pixel + 3] ?? 0) >= 128);
}
