import type { Point } from '@samepoint/shared-protocol';
import type { ColourMap } from '../../../shared/messages.js';
import type { TargetMatches } from '../../flow/inspect/inspect-state.js';
import { colourTable } from './colour-maps.js';
import { type Size, toView, type Viewport } from './viewport.js';

/** Style of the cross; lengths are in CSS pixels. */
const CROSS = { colour: '#ff2d55', halo: 'rgba(0, 0, 0, 0.75)', gap: 4, arm: 14, width: 2 } as const;

/** From so many view pixels per picture pixel on, pixels are drawn as squares. */
const SHARP_SCALE = 4;

/** A heat map over a picture. */
export interface HeatLayer {
  found: TargetMatches;
  colourMap: ColourMap;
  /** 0…1 */
  opacity: number;
}

export interface PictureDrawing {
  /** In CSS pixels. */
  view: Size;
  viewport: Viewport;
  heat: HeatLayer | null;
}

/**
 * Draws the part of the picture that the viewport shows, and the heat map over it.
 * @returns the context to draw on in CSS pixels; null if the browser has none
 */
export function drawPicture(canvas: HTMLCanvasElement, picture: ImageBitmap, drawing: PictureDrawing) {
  const { view, viewport, heat } = drawing;
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(view.width * ratio);
  canvas.height = Math.round(view.height * ratio);
  const context = canvas.getContext('2d');
  if (context === null) return null;
  const { x, y } = toView(viewport, { x: 0, y: 0 }, view);
  const [width, height] = [picture.width * viewport.scale, picture.height * viewport.scale];
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.imageSmoothingQuality = 'high';
  context.imageSmoothingEnabled = viewport.scale < SHARP_SCALE;
  context.drawImage(picture, x, y, width, height);
  const cells = heat === null ? null : heatImage(heat);
  if (heat === null || cells === null) return context;
  context.imageSmoothingEnabled = true;
  context.globalAlpha = heat.opacity;
  context.drawImage(cells, x, y, width, height);
  context.globalAlpha = 1;
  return context;
}

/** The heat map with a pixel per cell. */
function heatImage({ found: { heatmap, cells }, colourMap }: HeatLayer): OffscreenCanvas | null {
  const { width, height } = heatmap;
  if (cells.length !== width * height) return null;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d')?.putImageData(new ImageData(coloured(cells, colourTable(colourMap)), width, height), 0, 0);
  return canvas;
}

/** Opaque RGBA pixels of bytes. */
function coloured(cells: Uint8Array, table: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(4 * cells.length);
  for (const [index, value] of cells.entries()) {
    rgba.set(table.subarray(3 * value, 3 * value + 3), 4 * index);
    rgba[4 * index + 3] = 255;
  }
  return rgba;
}

const ARMS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

/** A cross with a free centre, so that the pixel under it shows. */
export function drawCross(context: CanvasRenderingContext2D, { x, y }: Point): void {
  const cross = new Path2D();
  for (const [dx, dy] of ARMS) {
    cross.moveTo(x + CROSS.gap * dx, y + CROSS.gap * dy);
    cross.lineTo(x + CROSS.arm * dx, y + CROSS.arm * dy);
  }
  context.strokeStyle = CROSS.halo;
  context.lineWidth = CROSS.width + 2;
  context.stroke(cross);
  context.strokeStyle = CROSS.colour;
  context.lineWidth = CROSS.width;
  context.stroke(cross);
}
