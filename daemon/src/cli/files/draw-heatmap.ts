import { extname } from 'node:path';
import { type InspectResult, SamepointError } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { Heatmap } from '../../correspond/heatmap.js';
import type { RgbaImage, RgbImage } from '../../images/decode.js';
import { encodePng, renderSvg } from '../../images/encode.js';
import { resizeRgb, type Size } from '../../images/resize.js';
import { toPictureSize } from './draw-matches.js';

/** The hottest colour, how opaque it is, and the exponent that keeps what is merely alike pale. */
const HEAT = { rgb: [255, 40, 0], opacity: 0.85, exponent: 6 } as const;

/** The picture under the heat is greyed and lightened, so that colours are heat's alone. */
const GROUND = { brightness: 1.0, saturation: 0.15 } as const;

const MARK = { radius: 9, best: '#00e0ff', other: '#ffffff', fontSize: 12 } as const;

/** What a picture can be written as, by the end of its name. */
const FORMATS = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp' } as const;
type ImageFormat = (typeof FORMATS)[keyof typeof FORMATS];

/**
 * The format that a file's name asks for.
 * @throws SamepointError `BAD_REQUEST` where it asks for another one or none
 */
export function imageFormatOf(path: string): ImageFormat {
  const suffix = extname(path).toLowerCase();
  const [, format] = Object.entries(FORMATS).find(([known]) => known === suffix) ?? [];
  if (format !== undefined) return format;
  throw new SamepointError(
    'BAD_REQUEST',
    `${path} does not say what picture it should be.`,
    `Give --out a name that ends in ${Object.keys(FORMATS).join(', ')}.`,
  );
}

/** The target under the similarity of all its cells, with the places numbered, the best first. */
export async function drawHeatmap(
  target: RgbImage,
  heatmap: Pick<Heatmap, 'width' | 'height' | 'cells'>,
  matches: InspectResult['matches'],
  format: ImageFormat,
): Promise<Uint8Array> {
  const picture = toPictureSize(target);
  const size = { width: picture.width, height: picture.height };
  const scale = { x: size.width / target.width, y: size.height / target.height };
  const marks = matches
    .map(({ point }, n) => mark(point.x * scale.x, point.y * scale.y, n))
    .reverse()
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${marks}</svg>`;
  const ground = await sharp(picture.rgb, { raw: { ...size, channels: 3 } })
    .modulate(GROUND)
    .png()
    .toBuffer();
  const heat = await encodePng(heatLayer(heatmap, size));
  const layers = [{ input: heat }, { input: await renderSvg(svg) }];
  return sharp(ground).composite(layers).toFormat(format).toBuffer();
}

/** The similarity of the cells as a layer over the picture, smooth between the middles of cells. */
function heatLayer({ width, height, cells }: Pick<Heatmap, 'width' | 'height' | 'cells'>, size: Size): RgbaImage {
  const opacities = cells.map((cell) => 255 * HEAT.opacity * (cell / 255) ** HEAT.exponent);
  const grey = {
    width,
    height,
    rgb: Uint8Array.from({ length: 3 * cells.length }, (_, i) => opacities[Math.floor(i / 3)] ?? 0),
  };
  const { rgb } = resizeRgb(grey, size, 'opencv-bilinear');
  const rgba = Uint8Array.from({ length: 4 * size.width * size.height }, (_, i) =>
    i % 4 === 3 ? (rgb[3 * (i >> 2)] ?? 0) : (HEAT.rgb[i % 4] ?? 0),
  );
  return { ...size, rgba };
}

function mark(x: number, y: number, rank: number): string {
  const colour = rank === 0 ? MARK.best : MARK.other;
  const circle = `<circle cx="${x}" cy="${y}" r="${MARK.radius}" fill="none" stroke="#000" stroke-width="4"/>`;
  const ring = `<circle cx="${x}" cy="${y}" r="${MARK.radius}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  const at = `x="${x + MARK.radius + 3}" y="${y - MARK.radius / 2}"`;
  const font = `font-family="sans-serif" font-weight="bold" font-size="${MARK.fontSize}"`;
  const label = `<text ${at} ${font} fill="${colour}" stroke="#000" stroke-width="3" paint-order="stroke">${rank + 1}</text>`;
  return circle + ring + label;
}
