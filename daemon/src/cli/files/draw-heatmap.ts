import { extname } from 'node:path';
import { type InspectResult, type Point, SamepointError } from '@samepoint/shared-protocol';
import sharp from 'sharp';
import type { Heatmap } from '../../correspond/heatmap.js';
import type { RgbaImage, RgbImage } from '../../images/decode.js';
import { encodePng, renderSvg } from '../../images/encode.js';
import { resizeRgb, type Size } from '../../images/resize.js';
import { fitImage } from './draw-matches.js';
import { type PlacedLabel, placeLabels } from './place-labels.js';
import { drawText } from './vector-text.js';

/** Colour and opacity of the highest similarity; the exponent fades moderate similarities. */
const HEAT = { rgb: [255, 40, 0], opacity: 0.85, exponent: 6 } as const;

/** The target is desaturated, so that colour belongs to the heatmap alone. */
const BACKGROUND = { brightness: 1.0, saturation: 0.15 } as const;

const MARKER = { radius: 9, best: '#00e0ff', other: '#ffffff', textHeights: [12, 8] } as const;

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
  const points = matches.map(({ point }) => ({ x: point.x * scale.x, y: point.y * scale.y }));
  const labels = placeLabels(
    points.map((point, n) => ({ text: String(n + 1), marker: { ...point, w: 0, h: 0 } })),
    { x: 0, y: 0, w: size.width, h: size.height },
    { radius: MARKER.radius, heights: MARKER.textHeights },
  );
  const markers = points
    .map((point, n) => marker(point, n, labels[n]))
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

function marker({ x, y }: Point, rank: number, label: PlacedLabel | undefined): string {
  const colour = rank === 0 ? MARKER.best : MARKER.other;
  const ring = (stroke: string, width: number) =>
    `<circle cx="${x}" cy="${y}" r="${MARKER.radius}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`;
  const text =
    label === undefined
      ? ''
      : drawText(String(rank + 1), label.x, label.y, { height: label.height, colour, halo: '#000' });
  return ring('#000', 4) + ring(colour, 2) + text;
}
