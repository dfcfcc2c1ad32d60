import { type Ground, groundOf, LIMITS, SamepointError } from '@samepoint/shared-protocol';
import { decode as decodePng } from 'fast-png';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { notAnImage, notAnImageFile, notDecodable } from './unreadable.js';

/** 8-bit sRGB, rows from the top, three bytes per pixel. */
export interface RgbImage {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const LOADERS = ['Png', 'Jpeg', 'Webp'].flatMap((format) => [
  `VipsForeignLoad${format}Buffer`,
  `VipsForeignLoad${format}File`,
]);

// images are untrusted: every other loader of libvips is blocked
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS });

/** `checkSize` enforces the limits, with a message for each. */
const OPEN_OPTIONS = { limitInputPixels: false, failOn: 'error', pages: 1 } as const;

/**
 * Decodes a PNG, JPEG or WebP image, in its EXIF orientation, with transparency over white, or over black where the image is
 * light content on a transparent ground.
 * @param name of the image in messages
 * @param timeoutMs rounded up to whole seconds
 * @param ground instead of the one by content, for images that are compared pixel by pixel
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function decodeImage(
  bytes: Uint8Array,
  name = 'The image',
  timeoutMs: number = LIMITS.decodeTimeoutMs,
  ground?: Ground,
): Promise<RgbImage> {
  const background = ground ?? groundOf(await readTransparent(bytes, name, timeoutMs));
  const opaque = (image: Sharp) => image.flatten({ background }).toColourspace('srgb').removeAlpha();
  const { data, info } = await decode(bytes, name, timeoutMs, opaque);
  return { width: info.width, height: info.height, rgb: info.channels === 3 ? data : greyToRgb(data, info.channels) };
}

/**
 * The pixels of an image with an alpha channel, as `groundOf` takes them; none of one without, whose ground is not seen.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function readTransparent(
  bytes: Uint8Array,
  name = 'The image',
  timeoutMs: number = LIMITS.decodeTimeoutMs,
): Promise<Uint8Array> {
  const { hasAlpha } = await readMetadata(bytes, name);
  return hasAlpha ? (await decodeLayer(bytes, name, timeoutMs)).rgba : new Uint8Array();
}

/** Raise with every change of `groundOf`. */
const GROUND_VERSION = 2;

/**
 * A key of the pixels that `decodeImage` returns. Those of images with transparency depend on `groundOf` too.
 * @param imageId hash of the encoded image
 */
export async function pixelsId(imageId: string, bytes: Uint8Array): Promise<string> {
  const metadata = await readMetadata(bytes, imageId).catch(() => undefined);
  return metadata?.hasAlpha ? `${imageId} on ground ${GROUND_VERSION}` : imageId;
}

/** Like `decodeImage`, with its alpha channel: for a layer that is drawn over an image. */
export async function decodeLayer(
  bytes: Uint8Array,
  name = 'The image',
  timeoutMs: number = LIMITS.decodeTimeoutMs,
): Promise<RgbaImage> {
  const transparent = (image: Sharp) => image.toColourspace('srgb').ensureAlpha();
  const { data, info } = await decode(bytes, name, timeoutMs, transparent);
  return { width: info.width, height: info.height, rgba: info.channels === 4 ? data : greyToRgba(data) };
}

async function decode(bytes: Uint8Array, name: string, timeoutMs: number, channels: (image: Sharp) => Sharp) {
  checkSize(await readMetadata(bytes, name), name);
  const upright = open(bytes)
    .timeout({ seconds: Math.ceil(timeoutMs / 1000) })
    .autoOrient();
  try {
    return await channels(upright).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  } catch (cause) {
    const reason = firstLine(cause);
    if (reason.startsWith('timeout')) throw tooSlow(name, timeoutMs);
    throw notDecodable(bytes, name, reason);
  }
}

/** 8-bit RGBA, rows from the top, straight alpha. */
export interface RgbaImage {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/**
 * Decodes a PNG, JPEG or WebP image whose exact values matter, such as a mask: ignores its colour profile and orientation.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function decodeRgba(bytes: Uint8Array, name = 'The image'): Promise<RgbaImage> {
  checkSize(await readMetadata(bytes, name), name);
  try {
    const { data, info } = await sharp(bytes, { ...OPEN_OPTIONS, ignoreIcc: true })
      .timeout({ seconds: Math.ceil(LIMITS.decodeTimeoutMs / 1000) })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: data };
  } catch (cause) {
    throw notDecodable(bytes, name, firstLine(cause));
  }
}

/**
 * The decoded size of a PNG, JPEG or WebP file, from its header.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function sizeOfFile(path: string): Promise<{ width: number; height: number }> {
  const metadata = await sharp(path, OPEN_OPTIONS)
    .metadata()
    .catch(async () => {
      throw await notAnImageFile(path);
    });
  checkSize(metadata, path);
  return metadata.autoOrient;
}

/**
 * The decoded size of an encoded image, from its header.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function sizeOfImage(bytes: Uint8Array, name = 'The image'): Promise<{ width: number; height: number }> {
  const metadata = await readMetadata(bytes, name);
  checkSize(metadata, name);
  return metadata.autoOrient;
}

/** The colours of an indexed PNG, in their order. */
export type Palette = readonly (readonly [red: number, green: number, blue: number])[];

/**
 * The palette of an indexed PNG, which libvips does not return.
 * @returns undefined for any other image
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function readPalette(bytes: Uint8Array, name = 'The image'): Promise<Palette | undefined> {
  const metadata = await readMetadata(bytes, name);
  checkSize(metadata, name);
  if (!metadata.isPalette) return undefined;
  try {
    return decodePng(bytes).palette?.map(([red = 0, green = 0, blue = 0]) => [red, green, blue]);
  } catch (cause) {
    throw notDecodable(bytes, name, firstLine(cause));
  }
}

async function readMetadata(bytes: Uint8Array, name: string): Promise<Metadata> {
  if (bytes.length > LIMITS.imageBytes) throw tooLarge(name, `${bytes.length} bytes`, `${LIMITS.imageBytes} bytes`);
  try {
    return await open(bytes).metadata();
  } catch {
    throw notAnImage(bytes, name);
  }
}

function open(bytes: Uint8Array) {
  return sharp(bytes, OPEN_OPTIONS);
}

function checkSize({ width, height }: Metadata, name: string): void {
  const side = Math.max(width, height);
  if (side > LIMITS.imageSidePx)
    throw tooLarge(name, `${width}×${height} pixels`, `${LIMITS.imageSidePx} pixels per side`);
  if (width * height > LIMITS.imagePixels) {
    throw tooLarge(name, `${width}×${height} pixels`, `${LIMITS.imagePixels / 1e6} million pixels`);
  }
}

function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[Math.floor(i / 3) * channels] ?? 0;
  return rgb;
}

/** libvips repeats an error in several lines. */
function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}

/** @param data grey and alpha, two bytes per pixel */
function greyToRgba(data: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(data.length * 2);
  for (let i = 0; i < rgba.length; i++) rgba[i] = data[2 * Math.floor(i / 4) + Number(i % 4 === 3)] ?? 0;
  return rgba;
}

function tooSlow(name: string, timeoutMs: number): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${name} takes too long to decode: the limit is ${timeoutMs / 1000} seconds.`,
    'Export it at a smaller size.',
  );
}

function tooLarge(name: string, size: string, limit: string): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${name} is too large: ${size}, and the limit is ${limit}.`,
    'Export it at a smaller size.',
  );
}

/** `P6`, width, height and maximum value, separated by white space and comments; one white space; the pixels. */
const PPM_HEADER = /^P6(?:\s+(?:#[^\n]*\n\s*)*)(\d+)(?:\s+(?:#[^\n]*\n\s*)*)(\d+)(?:\s+(?:#[^\n]*\n\s*)*)(\d+)\s/;
const PPM_HEADER_MAX_BYTES = 1024;
const PPM_MAX_VALUE = 255;

/**
 * Decodes a binary PPM image with one byte per channel, the format of HPatches.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export function decodePpm(bytes: Uint8Array, name: string): RgbImage {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PPM_HEADER_MAX_BYTES)).toString(
    'latin1',
  );
  const match = PPM_HEADER.exec(text);
  if (match === null) throw badPpm(name, 'it is not a binary PPM image');
  const [header, width = 0, height = 0, greatest] = [match[0], ...match.slice(1).map(Number)];
  if (greatest !== PPM_MAX_VALUE) throw badPpm(name, 'it does not have one byte per channel');
  if (width * height > LIMITS.imagePixels || width * height === 0) {
    throw new SamepointError(
      'IMAGE_TOO_LARGE',
      `${name} has ${width}×${height} pixels, and the limit is ${LIMITS.imagePixels / 1e6} million.`,
      'Use the original file of the data set.',
    );
  }
  const rgb = bytes.subarray(header.length, header.length + 3 * width * height);
  if (rgb.length < 3 * width * height) throw badPpm(name, 'it ends before its last pixel');
  return { width, height, rgb };
}

function badPpm(name: string, reason: string): SamepointError {
  return new SamepointError(
    'IMAGE_UNREADABLE',
    `${name} cannot be read: ${reason}.`,
    'Use the original file of the data set.',
  );
}
