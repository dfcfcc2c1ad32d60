import { extname } from 'node:path';
import { type InspectResult, SamepointError } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { Heatmap } from '../../correspond/heatmap.js';
import type { RgbaImage, RgbImage } from '../../images/decode.js';
import { encodePng, renderSvg } from '../../images/encode.js';
import { resizeRgb, type Size } from '../../images/resize.js';
import { fitImage } from './draw-matches.js';

/** Colour and opacity of the highest similarity; the exponent fades moderate similarities. */
const HEAT = { rgb: [255, 40, 0], opacity: 0.85, exponent: 6 } as const;

/** The target is desaturated, so that colour belongs to the heatmap alone. */
const BACKGROUND = { brightness: 1.0, saturation: 0.15 } as const;

const MARKER = { radius: 9, best: '#00e0ff', other: '#ffffff', fontSize: 12 } as const;

/** Image formats by file extension. */
const FORMATS = { '.png': 'png', '.jpg': 'jpeg', '.jpeg': 'jpeg', '.webp': 'webp' } as const;
type ImageFormat = (typeof FORMATS)[keyof typeof FORMATS];

/**
 * Image format of a file, by its extension.
 * @throws SamepointError `BAD_REQUEST` for any other extension
 */
export function imageFormatOf(path: string): ImageFormat {
  const suffix = extname(path).toLowerCase();
  const [, format] = Object.entries(FORMATS).find(([known]) => known === suffix) ?? [];
  if (format !== undefined) return format;
  throw new SamepointError(
    'BAD_REQUEST',
    `${path} has no supported image extension.`,
    `Use one of: ${Object.keys(FORMATS).join(', ')}.`,
  );
}

/** Draws the similarity of all cells over the target, and numbers the candidates, best first. */
export async function drawHeatmap(
  target: RgbImage,
  heatmap: Pick<Heatmap, 'width' | 'height' | 'cells'>,
  matches: InspectResult['matches'],
  format: ImageFormat,
): Promise<Uint8Array> {
  const image = fitImage(target);
  const size = { width: image.width, height: image.height };
  const scale = { x: size.width / target.width, y: size.height / target.height };
  const markers = matches
    .map(({ point }, n) => marker(point.x * scale.x, point.y * scale.y, n))
    .reverse()
    .join('');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${markers}</svg>`;
  const background = await sharp(image.rgb, { raw: { ...size, channels: 3 } })
    .modulate(BACKGROUND)
    .png()
    .toBuffer();
  const heat = await encodePng(heatLayer(heatmap, size));
  const layers = [{ input: heat }, { input: await renderSvg(svg) }];
  return sharp(background).composite(layers).toFormat(format).toBuffer();
}

/** Similarity of the cells as an overlay, interpolated between cell centres. */
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

function marker(x: number, y: number, rank: number): string {
  const colour = rank === 0 ? MARKER.best : MARKER.other;
  const circle = `<circle cx="${x}" cy="${y}" r="${MARKER.radius}" fill="none" stroke="#000" stroke-width="4"/>`;
  const ring = `<circle cx="${x}" cy="${y}" r="${MARKER.radius}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  const at = `x="${x + MARKER.radius + 3}" y="${y - MARKER.radius / 2}"`;
  const font = `font-family="sans-serif" font-weight="bold" font-size="${MARKER.fontSize}"`;
  const label = `<text ${at} ${font} fill="${colour}" stroke="#000" stroke-width="3" paint-order="stroke">${rank + 1}</text>`;
  return circle + ring + label;
}
