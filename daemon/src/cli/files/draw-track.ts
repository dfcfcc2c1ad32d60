import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { renderSvg } from '../../images/encode.js';
import type { LabelMask } from '../../images/label-mask.js';
import type { TrackedPoint } from '../../transfer/tracking/track-points.js';
import { itemColour, matchOpacity } from './draw-matches.js';
import { readImage } from './read-image.js';

/** Opacity of labels, and style of points in pixels. */
const STYLE = { opacity: 0.5, radius: 5, lineWidth: 2 };

/** Draws a mask over its frame. @returns PNG */
export async function drawMask(path: string, { indices, palette, background }: LabelMask): Promise<Uint8Array> {
  const { image } = await readImage(path);
  const rgb = image.rgb.slice();
  for (const [pixel, index] of indices.entries()) {
    if (index === background) continue;
    for (const [c, value] of (palette[index] ?? []).entries()) {
      const at = 3 * pixel + c;
      rgb[at] = Math.round((rgb[at] ?? 0) * (1 - STYLE.opacity) + value * STYLE.opacity);
    }
  }
  return encoder({ ...image, rgb })
    .png()
    .toBuffer();
}

/** Draws points over their frame, fainter at low confidence; lost points are left out. @returns PNG */
export async function drawPoints(path: string, points: readonly TrackedPoint[]): Promise<Uint8Array> {
  const { image } = await readImage(path);
  const markers = points.map(({ point, confidence }, n) => {
    if (point === null) return '';
    return `<circle cx="${point.x}" cy="${point.y}" r="${STYLE.radius}" fill="${itemColour(n)}" opacity="${matchOpacity(confidence)}"/>`;
  });
  const size = `width="${image.width}" height="${image.height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} stroke="#fff" stroke-width="${STYLE.lineWidth}">${markers.join('')}</svg>`;
  return encoder(image)
    .composite([{ input: await renderSvg(svg) }])
    .png()
    .toBuffer();
}

function encoder({ width, height, rgb }: RgbImage) {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}
