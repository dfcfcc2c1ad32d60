import { LIMITS, SamepointError } from '@samepoint/shared-protocol';
import sharp, { type Metadata, type Sharp } from 'sharp';

/** 8-bit sRGB, rows from the top, three bytes a pixel. */
export interface RgbImage {
  width: number;
  height: number;
  rgb: Uint8Array;
}

const LOADERS = ['Png', 'Jpeg', 'Webp'].flatMap((format) => [
  `VipsForeignLoad${format}Buffer`,
  `VipsForeignLoad${format}File`,
]);

// Images come from outside: every decoder that is not needed stays closed.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: LOADERS });

const WHITE = '#ffffff';

/** The limits are checked by hand, so that each gets its own sentence. */
const OPEN_OPTIONS = { limitInputPixels: false, failOn: 'error', pages: 1 } as const;

/**
 * Decodes a PNG, JPEG or WebP image, upright as its metadata says, transparency over white.
 * @param label how messages name the image: a file name, or "the image"
 * @param timeoutMs rounded up to whole seconds
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function decodeImage(
  bytes: Uint8Array,
  label = 'The image',
  timeoutMs: number = LIMITS.decodeTimeoutMs,
): Promise<RgbImage> {
  const opaque = (image: Sharp) => image.flatten({ background: WHITE }).toColourspace('srgb').removeAlpha();
  const { data, info } = await decode(bytes, label, timeoutMs, opaque);
  return { width: info.width, height: info.height, rgb: info.channels === 3 ? data : greyToRgb(data, info.channels) };
}

/** The same with transparency kept, for a layer that belongs over such an image; one without any is opaque. */
export async function decodeLayer(bytes: Uint8Array, label = 'The image'): Promise<RgbaImage> {
  const transparent = (image: Sharp) => image.toColourspace('srgb').ensureAlpha();
  const { data, info } = await decode(bytes, label, LIMITS.decodeTimeoutMs, transparent);
  return { width: info.width, height: info.height, rgba: info.channels === 4 ? data : greyToRgba(data) };
}

async function decode(bytes: Uint8Array, label: string, timeoutMs: number, channels: (image: Sharp) => Sharp) {
  checkSize(await readMetadata(bytes, label), label);
  const upright = open(bytes)
    .timeout({ seconds: Math.ceil(timeoutMs / 1000) })
    .autoOrient();
  try {
    return await channels(upright).raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  } catch (cause) {
    const reason = firstLine(cause);
    if (reason.startsWith('timeout')) throw tooSlow(label, timeoutMs);
    throw unreadable(label, reason);
  }
}

/** 8-bit RGBA, rows from the top, alpha not multiplied in; colours exactly as the file has them. */
export interface RgbaImage {
  width: number;
  height: number;
  rgba: Uint8Array;
}

/**
 * Decodes a PNG, JPEG or WebP image whose colours and transparency mean something: no colour profile is applied, and
 * it is not turned.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function decodeRgba(bytes: Uint8Array, label = 'The image'): Promise<RgbaImage> {
  checkSize(await readMetadata(bytes, label), label);
  try {
    const { data, info } = await sharp(bytes, { ...OPEN_OPTIONS, ignoreIcc: true })
      .timeout({ seconds: Math.ceil(LIMITS.decodeTimeoutMs / 1000) })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, rgba: data };
  } catch (cause) {
    throw unreadable(label, firstLine(cause));
  }
}

/**
 * The size of a PNG, JPEG or WebP file as it is decoded, from its first bytes alone.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function sizeOfFile(path: string): Promise<{ width: number; height: number }> {
  const metadata = await sharp(path, OPEN_OPTIONS)
    .metadata()
    .catch(() => {
      throw unreadable(path, 'it is not a PNG, JPEG or WebP image');
    });
  checkSize(metadata, path);
  return metadata.autoOrient;
}

/**
 * The size of an encoded image as it is decoded, from its first bytes alone.
 * @throws SamepointError `IMAGE_UNREADABLE` or `IMAGE_TOO_LARGE`
 */
export async function sizeOfImage(bytes: Uint8Array, label = 'The image'): Promise<{ width: number; height: number }> {
  const metadata = await readMetadata(bytes, label);
  checkSize(metadata, label);
  return metadata.autoOrient;
}

async function readMetadata(bytes: Uint8Array, label: string): Promise<Metadata> {
  if (bytes.length === 0) throw unreadable(label, 'the file has 0 bytes');
  if (bytes.length > LIMITS.imageBytes) throw tooLarge(label, `${bytes.length} bytes`, `${LIMITS.imageBytes} bytes`);
  try {
    return await open(bytes).metadata();
  } catch {
    throw unreadable(label, 'it is not a PNG, JPEG or WebP image');
  }
}

function open(bytes: Uint8Array) {
  return sharp(bytes, OPEN_OPTIONS);
}

function checkSize({ width, height }: Metadata, label: string): void {
  const side = Math.max(width, height);
  if (side > LIMITS.imageSidePx)
    throw tooLarge(label, `${width}×${height} pixels`, `${LIMITS.imageSidePx} pixels a side`);
  if (width * height > LIMITS.imagePixels) {
    throw tooLarge(label, `${width}×${height} pixels`, `${LIMITS.imagePixels / 1e6} million pixels`);
  }
}

function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[Math.floor(i / 3) * channels] ?? 0;
  return rgb;
}

/** libvips adds a line for every layer the error went through. */
function firstLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0] ?? '';
}

/** Grey and alpha, two bytes a pixel. */
function greyToRgba(data: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(data.length * 2);
  for (let i = 0; i < rgba.length; i++) rgba[i] = data[2 * Math.floor(i / 4) + Number(i % 4 === 3)] ?? 0;
  return rgba;
}

function unreadable(label: string, reason: string): SamepointError {
  return new SamepointError(
    'IMAGE_UNREADABLE',
    `${label} cannot be read: ${reason}.`,
    'Give a PNG, JPEG or WebP image.',
  );
}

function tooSlow(label: string, timeoutMs: number): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${label} takes too long to decode: the limit is ${timeoutMs / 1000} seconds.`,
    'Export it at a smaller size.',
  );
}

function tooLarge(label: string, size: string, limit: string): SamepointError {
  return new SamepointError(
    'IMAGE_TOO_LARGE',
    `${label} is too large: ${size}, and the limit is ${limit}.`,
    'Export it at a smaller size.',
  );
}
