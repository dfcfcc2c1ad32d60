import sharp from 'sharp';
import type { RenderRequest } from './spec.js';
import { toSvg } from './svg.js';

/** PNG of what a node looks like. */
export async function renderPng(request: RenderRequest): Promise<Uint8Array<ArrayBuffer>> {
  const png = await sharp(Buffer.from(toSvg(request)))
    .png()
    .toBuffer();
  return new Uint8Array(png);
}
