import sharp from 'sharp';
import type { RgbImage } from '../../images/decode.js';
import { renderSvg } from '../../images/encode.js';
import type { LabelMask } from '../../images/label-mask.js';
import type { TrackedPoint } from '../../transfer/tracking/track-points.js';
import { readImage } from './read-image.js';

/** How strongly a label's colour lies over the frame, and how points look, in pixels. */
const LOOK = { opacity: 0.5, radius: 5, lineWidth: 2 };

/** Points are told apart by hue, which turns by the golden angle. */
const HUE_STEP = 137.5;

/** The frame with the colours of its mask over it, as PNG. */
export async function drawMask(path: string, { indices, palette, background }: LabelMask): Promise<Uint8Array> {
  const { image } = await readImage(path);
  const rgb = image.rgb.slice();
  for (const [pixel, index] of indices.entries()) {
    if (index === background) continue;
    for (const [c, value] of (palette[index] ?? []).entries()) {
      const at = 3 * pixel + c;
      rgb[at] = Math.round((rgb[at] ?? 0) * (1 - LOOK.opacity) + value * LOOK.opacity);
    }
  }
  return encoder({ ...image, rgb })
    .png()
    .toBuffer();
}

/** The frame with its points, as PNG; a doubtful one is fainter, one that is lost is not there. */
export async function drawPoints(path: string, points: readonly TrackedPoint[]): Promise<Uint8Array> {
  const { image } = await readImage(path);
  const marks = points.map(({ point, confidence }, n) => {
    if (point === null) return '';
    const colour = `hsl(${(n * HUE_STEP) % 360} 90% 50%)`;
    return `<circle cx="${point.x}" cy="${point.y}" r="${LOOK.radius}" fill="${colour}" opacity="${0.35 + 0.65 * confidence}"/>`;
  });
  const size = `width="${image.width}" height="${image.height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} stroke="#fff" stroke-width="${LOOK.lineWidth}">${marks.join('')}</svg>`;
  return encoder(image)
    .composite([{ input: await renderSvg(svg) }])
    .png()
    .toBuffer();
}

function encoder({ width, height, rgb }: RgbImage) {
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}
