import { truncateSync, writeFileSync } from 'node:fs';
import { LIMITS } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../src/cli/files/read-image.js';
import { decodeImage, sizeOfFile } from '../../src/images/decode.js';
import { decodeLabelMask } from '../../src/images/label-mask.js';
import { draw, encoder } from '../support/draw.js';
import { useTempFolder } from '../support/temp-folder.js';

/** Incompressible, so that half of the bytes are half of the image. */
const NOISE = (() => {
  const image = draw(100, 100);
  return { ...image, rgb: image.rgb.map((_, i) => (i * 7919) % 251) };
})();

const latin1 = (text: string) => Buffer.from(text.padEnd(64, '\0'), 'latin1');

/** The first box of an ISO media file. */
function ftyp(major: string, ...compatible: string[]): Buffer {
  const brands = Buffer.from(`ftyp${major}\0\0\0\0${compatible.join('')}`, 'latin1');
  const size = Buffer.alloc(4);
  size.writeUInt32BE(4 + brands.length);
  return Buffer.concat([size, brands, Buffer.alloc(32)]);
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><rect width="4" height="4"/></svg>';
const LFS = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

const FOREIGN: readonly (readonly [what: string, bytes: () => Promise<Buffer> | Buffer, hint: string])[] = [
  ['an HEIC image', () => ftyp('heic', 'mif1', 'heic'), 'Save it as PNG or JPEG'],
  ['an HEIC image', () => ftyp('mif1', 'miaf'), 'Save it as PNG or JPEG'],
  ['an AVIF image', () => encoder(NOISE).avif({ effort: 0 }).toBuffer(), 'save it as PNG or JPEG'],
  ['an AVIF image', () => ftyp('mif1', 'avif'), 'save it as PNG or JPEG'],
  ['a GIF image', () => encoder(NOISE).gif().toBuffer(), 'Save the frame that you need as PNG'],
  ['a TIFF image', () => encoder(NOISE).tiff().toBuffer(), 'save it as PNG or JPEG'],
  ['a BMP image', () => latin1('BM\x46\x01\0\0\0\0\0\0\x36'), 'save it as PNG or JPEG'],
  ['a Photoshop document', () => latin1('8BPS\0\x01'), 'Photoshop'],
  ['a Windows icon', () => latin1('\0\0\x01\0\x01\0'), 'save it as PNG or JPEG'],
  ['a JPEG XL image', () => latin1('\0\0\0\x0cJXL \x0d\x0a'), 'save it as PNG or JPEG'],
  ['a JPEG XL image', () => latin1('\xff\x0a\x01'), 'save it as PNG or JPEG'],
  ['a PDF document', () => latin1('%PDF-1.4\n'), 'Export the page'],
  ['an SVG drawing', () => Buffer.from(SVG), 'Export it as PNG'],
  ['an SVG drawing', () => Buffer.from(`\ufeff<?xml version="1.0"?>\n<!-- drawn -->\n${SVG}`), 'Export it as PNG'],
  ['a video', () => ftyp('isom', 'iso2', 'avc1', 'mp41'), 'ffmpeg'],
  ['a video', () => ftyp('qt  '), 'ffmpeg'],
  ['a video', () => latin1('\x1a\x45\xdf\xa3'), 'ffmpeg'],
  ['a ZIP archive', () => latin1('PK\x03\x04'), 'Unpack'],
  ['a Git LFS pointer, not the file itself', () => Buffer.from(LFS), 'git lfs pull'],
  ['a web page', () => Buffer.from('\n<!DOCTYPE html>\n<html><svg></svg></html>'), 'direct download link'],
  ['an empty file', () => Buffer.alloc(0), 'Get the file again'],
  ['metadata of macOS', () => latin1('\0\x05\x16\x07\0\x02\0\0Mac OS X'), '"._"'],
  ['a text file', () => Buffer.from('no image at all\r\n'), 'PNG, JPEG or WebP'],
];

describe('a file of another kind is named by its content', () => {
  it.each(FOREIGN)('%s (%#)', async (what, make, hint) => {
    const error = { code: 'IMAGE_UNREADABLE', message: `pic.png is ${what}.`, hint: expect.stringContaining(hint) };
    await expect(decodeImage(await make(), 'pic.png')).rejects.toMatchObject(error);
    await expect(decodeLabelMask(await make(), 'pic.png')).rejects.toMatchObject(error);
  });

  it('and bytes of no known kind are not', async () => {
    await expect(decodeImage(latin1('\x07\x07'))).rejects.toMatchObject({
      message: 'The image cannot be read: it is not a PNG, JPEG or WebP image.',
    });
  });
});

describe('an image whose end is missing is cut off', () => {
  const FORMATS = [
    ['PNG', () => encoder(NOISE).png()],
    ['JPEG', () => encoder(NOISE).jpeg()],
    ['progressive JPEG', () => encoder(NOISE).jpeg({ progressive: true })],
    ['WebP', () => encoder(NOISE).webp()],
  ] as const;

  it.each(FORMATS.flatMap(([format, make]) => [0.05, 0.5, 0.9].map((part) => [format, part, make] as const)))(
    '%s, the first %f of its bytes',
    async (_format, part, make) => {
      const bytes = await make().toBuffer();
      const cut = bytes.subarray(0, Math.floor(part * bytes.length));
      await expect(decodeImage(cut, 'home.png')).rejects.toMatchObject({
        code: 'IMAGE_UNREADABLE',
        message: 'home.png is cut off: the end of the file is missing.',
        hint: 'Get the file again.',
      });
    },
  );

  it.each([
    ['PNG', () => encoder(NOISE).png()],
    ['WebP', () => encoder(NOISE).webp({ lossless: true })],
  ] as const)('and one that is damaged inside is not: %s', async (_format, make) => {
    const bytes = Buffer.from(await make().toBuffer());
    bytes.fill(0x5a, bytes.length >> 2, bytes.length >> 1);
    await expect(decodeImage(bytes, 'home.png')).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringMatching(/^home\.png is damaged: its pixels cannot be decoded \(.+\)\.$/),
    });
  });
});

describe('files on disk', () => {
  const folder = useTempFolder();

  it('are named the same when only their size is read', async () => {
    writeFileSync(folder.path('a.jpg'), SVG);
    await expect(sizeOfFile(folder.path('a.jpg'))).rejects.toMatchObject({
      message: `${folder.path('a.jpg')} is an SVG drawing.`,
    });
    await expect(sizeOfFile(folder.path('none.jpg'))).rejects.toMatchObject({ code: 'IMAGE_MISSING' });
  });

  it('above the size limit are named too, unless they are images', async () => {
    const kinds = { 'a.mp4': ftyp('isom'), 'a.png': await encoder(NOISE).png().toBuffer() };
    for (const [name, bytes] of Object.entries(kinds)) {
      writeFileSync(folder.path(name), bytes);
      truncateSync(folder.path(name), LIMITS.imageBytes + 1);
    }
    await expect(readBytes(folder.path('a.mp4'))).rejects.toMatchObject({
      message: expect.stringMatching(/a video\.$/),
    });
    await expect(readBytes(folder.path('a.png'))).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
  });
});
