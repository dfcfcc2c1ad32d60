import { inverse, multiply } from '../matrix.js';
import type { Json, Matrix, RawNode } from '../spec.js';
import { alpha, blending, type Fields, hex, isFields } from './fields.js';

/** Adds a definition to the SVG and returns its id. */
export type Define = (make: (id: string) => string) => string;

/** An image of an image fill. */
export interface FillImage {
  href: string;
  width: number;
  height: number;
}

export interface PaintContext {
  define: Define;
  images: ReadonlyMap<string, FillImage>;
}

type Size = Pick<RawNode, 'width' | 'height'>;

/** A paint as the attributes of a shape: `name` is `fill` or `stroke`. Empty if it cannot be drawn. */
export function paintAttributes(paint: Fields, name: 'fill' | 'stroke', size: Size, context: PaintContext): string {
  const opacity = Number(paint.opacity ?? 1);
  const blend = blending(paint.blendMode);
  if (paint.type === 'SOLID') return `${name}="${hex(paint.color)}" ${name}-opacity="${opacity}"${blend}`;
  const id = paint.type === 'IMAGE' ? imagePattern(paint, size, context) : gradient(paint, size, context.define);
  return id === null ? '' : `${name}="url(#${id})" ${name}-opacity="${opacity}"${blend}`;
}

function gradient(paint: Fields, { width, height }: Size, define: Define): string | null {
  if (!String(paint.type).startsWith('GRADIENT_') || !Array.isArray(paint.gradientStops)) return null;
  const stops = paint.gradientStops
    .filter(isFields)
    .map(
      ({ position, color }) =>
        `<stop offset="${Number(position)}" stop-color="${hex(color)}" stop-opacity="${alpha(color)}"/>`,
    )
    .join('');
  // the transform maps the unit square of the layer to that of the gradient
  const toLayer = inverse(matrixOf(paint.gradientTransform));
  const place = multiply([width, 0, 0, height, 0, 0], toLayer);
  const attributes = `gradientUnits="userSpaceOnUse" gradientTransform="matrix(${place.join(' ')})"`;
  return define((id) =>
    paint.type === 'GRADIENT_LINEAR'
      ? `<linearGradient id="${id}" x1="0" y1="0.5" x2="1" y2="0.5" ${attributes}>${stops}</linearGradient>`
      : `<radialGradient id="${id}" cx="0.5" cy="0.5" r="0.5" ${attributes}>${stops}</radialGradient>`,
  );
}

export function matrixOf(rows: Json | undefined): Matrix {
  if (!Array.isArray(rows)) return [1, 0, 0, 1, 0, 0];
  const [[a, c, e] = [], [b, d, f] = []] = rows.map((row) => (Array.isArray(row) ? row.map(Number) : []));
  return [a ?? 1, b ?? 0, c ?? 0, d ?? 1, e ?? 0, f ?? 0];
}

/** An image fill as a pattern (typings: ImagePaint). */
function imagePattern(paint: Fields, size: Size, { define, images }: PaintContext): string | null {
  const image = images.get(String(paint.imageHash));
  if (image === undefined) return null;
  const { width, height } = size;
  const whole = `patternUnits="userSpaceOnUse" width="${width}" height="${height}"`;
  const drawn = (place: string, align: string) =>
    `<image href="${image.href}" ${place} preserveAspectRatio="${align}"/>`;
  if (paint.scaleMode === 'TILE') {
    const scale = Number(paint.scalingFactor ?? 1);
    const tile = `width="${image.width * scale}" height="${image.height * scale}"`;
    return define((id) => `<pattern id="${id}" patternUnits="userSpaceOnUse" ${tile}>${drawn(tile, 'none')}</pattern>`);
  }
  if (paint.scaleMode === 'CROP') {
    // the transform maps the unit square of the layer to the part of the image that it shows
    const place = multiply([width, 0, 0, height, 0, 0], inverse(matrixOf(paint.imageTransform)));
    const cropped = `width="1" height="1" transform="matrix(${place.join(' ')})"`;
    return define((id) => `<pattern id="${id}" ${whole}>${drawn(cropped, 'none')}</pattern>`);
  }
  const align = paint.scaleMode === 'FIT' ? 'xMidYMid meet' : 'xMidYMid slice';
  return define(
    (id) => `<pattern id="${id}" ${whole}>${drawn(`width="${width}" height="${height}"`, align)}</pattern>`,
  );
}
