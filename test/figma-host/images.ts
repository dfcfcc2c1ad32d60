import { createHash } from 'node:crypto';
import type { Json } from './spec.js';

/** The longest side that `figma.createImage` accepts: "Figma supports images up to 4096x4096". */
const MAX_SIDE_PX = 4096;

/** The images of all documents by their hash, which is that of their bytes. */
const images = new Map<string, Uint8Array>();

/** Stores an image and returns its hash. */
export function addImage(bytes: Uint8Array): string {
  const hash = createHash('sha1').update(bytes).digest('hex');
  images.set(hash, bytes);
  return hash;
}

/** Like `figma.createImage`. Returns the hash, or the reason why the image is rejected. */
export function createImage(bytes: Uint8Array): { hash: string } | { reason: string } {
  const size = imageSize(bytes);
  if (size === null) return { reason: 'Image type is unsupported' };
  if (Math.max(size.width, size.height) > MAX_SIDE_PX) return { reason: 'Image is too large' };
  return { hash: addImage(bytes) };
}

/** A paint that shows the image. */
export function imageFill(bytes: Uint8Array, scaleMode = 'FILL'): Json {
  return { type: 'IMAGE', scaleMode, imageHash: addImage(bytes), visible: true, opacity: 1, blendMode: 'NORMAL' };
}

/** The bytes of a stored image, or null without it. */
export function imageBytes(hash: string): Uint8Array | null {
  return images.get(hash) ?? null;
}

/** The image as a data URL, or null without it. */
export function imageUrl(hash: string): string | null {
  const bytes = images.get(hash);
  if (bytes === undefined) return null;
  return `data:image/${isJpeg(bytes) ? 'jpeg' : 'png'};base64,${Buffer.from(bytes).toString('base64')}`;
}

/** Width and height of a PNG, JPEG or GIF in px; null for other bytes. */
export function imageSize(bytes: Uint8Array): { width: number; height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const signature = String.fromCharCode(...bytes.subarray(0, 4));
  if (signature === '\x89PNG' && bytes.length >= 24) return { width: view.getUint32(16), height: view.getUint32(20) };
  if (signature.startsWith('GIF') && bytes.length >= 10) {
    return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  }
  return isJpeg(bytes) ? jpegSize(view) : null;
}

function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}

/** Reads the first frame header of a JPEG. */
function jpegSize(view: DataView): { width: number; height: number } | null {
  let at = 2;
  while (at + 9 < view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
  return null;
}
