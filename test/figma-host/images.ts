import { createHash } from 'node:crypto';
import type { Json } from './spec.js';

/** The longest side that `figma.createImage` accepts: "Figma supports images up to 4096x4096". */
const MAX_SIDE_PX = 4096;

/** Images by their hash, which is that of their bytes. */
const images = new Map<string, Uint8Array>();

/** Stores an image and returns its hash. */
export function addImage(bytes: Uint8Array): string {
  const hash = createHash('sha1').update(bytes).digest('hex');
  images.set(hash, bytes);
  return hash;
}

/** Like `figma.createImage`. Returns the hash, or the reason why the image is rejected. */
export function createImage(bytes: Uint8Array): { hash: string } | { reason: string } {
  const size = sizeOfPng(bytes);
  if (size === null && !isJpeg(bytes)) return { reason: 'Image type is unsupported' };
  if (size !== null && Math.max(size.width, size.height) > MAX_SIDE_PX) return { reason: 'Image is too large' };
  return { hash: addImage(bytes) };
}

/** A paint that shows the image. */
export function imageFill(bytes: Uint8Array, scaleMode = 'FILL'): Json {
  return { type: 'IMAGE', scaleMode, imageHash: addImage(bytes), visible: true, opacity: 1, blendMode: 'NORMAL' };
}

/** The image as a data URL, or null without it. */
export function imageUrl(hash: string): string | null {
  const bytes = images.get(hash);
  if (bytes === undefined) return null;
  return `data:image/${isJpeg(bytes) ? 'jpeg' : 'png'};base64,${Buffer.from(bytes).toString('base64')}`;
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

function sizeOfPng(bytes: Uint8Array): { width: number; height: number } | null {
  const buffer = Buffer.from(bytes);
  if (buffer.length < 24 || buffer.toString('latin1', 1, 4) !== 'PNG') return null;
  return { width: buffer.readUInt32BE(16), height: buffer.readUInt32BE(20) };
}
