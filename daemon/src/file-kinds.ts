/** A kind of file, known by its first bytes, that was given where another was expected. */
export interface FileKind {
  /** Completes "… is". */
  what: string;
  /** What to do if an image was expected. */
  hint: string;
  matches: (head: Buffer, text: string) => boolean;
}

/** Bytes that `fileKind` reads: an SVG may start with a long comment. */
export const HEAD_BYTES = 4096;

const GET_AGAIN = 'Get the file again.';

/** Files that a failed download leaves in place of any file. */
export const PLACEHOLDERS: readonly FileKind[] = [
  { what: 'an empty file', hint: GET_AGAIN, matches: (head) => head.length === 0 },
  {
    what: 'a Git LFS pointer, not the file itself',
    hint: 'Run `git lfs pull` in its repository.',
    matches: (_, text) => text.startsWith('version https://git-lfs.github.com/spec/'),
  },
  {
    what: 'a web page',
    hint: 'Use the direct download link; the page may require an account or a licence.',
    matches: (_, text) => /^\s*(<!doctype html|<html|<head|<\?xml)/i.test(text),
  },
];

const OPEN_AND_SAVE = 'Open it in an image viewer or editor and save it as PNG or JPEG.';
const EXPORT_PNG = 'Export it as PNG from the program that made it.';
const EXTRACT_FRAMES = 'Extract its frames, for example with: ffmpeg -i VIDEO frames/%04d.png';
const UNPACK = 'Unpack it and name the image inside.';

/** Brands in `ftyp` boxes of still images; AVIF has its own, and all other brands are videos. */
const HEIF_BRANDS = /^(heic|heix|heim|heis|hevc|hevx|mif1|msf1|mif2)/;

type Test = FileKind['matches'];
const startsWith =
  (...prefixes: readonly string[]): Test =>
  (_, text) =>
    prefixes.some((prefix) => text.startsWith(prefix));
const isRiff =
  (type: string): Test =>
  (_, text) =>
    text.startsWith('RIFF') && text.startsWith(type, 8);

const SIGNATURES: readonly (readonly [what: string, hint: string, matches: Test])[] = [
  ['a GIF image', 'Save the frame that you need as PNG.', startsWith('GIF8')],
  ['a TIFF image', OPEN_AND_SAVE, startsWith('II*\0', 'MM\0*')],
  // with its reserved bytes: two letters are no signature
  ['a BMP image', OPEN_AND_SAVE, (_, text) => text.startsWith('BM') && text.startsWith('\0\0\0\0', 6)],
  ['a Photoshop document', 'Export it as PNG from Photoshop.', startsWith('8BPS')],
  ['a Windows icon', OPEN_AND_SAVE, startsWith('\0\0\x01\0', '\0\0\x02\0')],
  ['a JPEG XL image', OPEN_AND_SAVE, startsWith('\xff\x0a', '\0\0\0\x0cJXL ')],
  ['a JPEG 2000 image', OPEN_AND_SAVE, startsWith('\xff\x4f\xff\x51', '\0\0\0\x0cjP  ')],
  ['a PDF document', 'Export the page that you need as PNG.', startsWith('%PDF-')],
  ['a PostScript file', EXPORT_PNG, startsWith('%!PS')],
  ['a Figma file', 'Export the frame as PNG from Figma.', startsWith('fig-')],
  ['a video', EXTRACT_FRAMES, startsWith('\x1a\x45\xdf\xa3')],
  ['a video', EXTRACT_FRAMES, isRiff('AVI ')],
  ['a ZIP archive', UNPACK, startsWith('PK\x03\x04')],
  ['a compressed archive', UNPACK, startsWith('\x1f\x8b', '7z\xbc\xaf', 'Rar!', 'BZh', '\xfd7zXZ', '\x28\xb5\x2f\xfd')],
  [
    'metadata of macOS',
    'Use the file whose name does not start with "._".',
    startsWith('\0\x05\x16\0', '\0\x05\x16\x07'),
  ],
  ['a PNG image', GET_AGAIN, startsWith('\x89PNG')],
  ['a JPEG image', GET_AGAIN, startsWith('\xff\xd8\xff')],
  ['a WebP image', GET_AGAIN, isRiff('WEBP')],
];

const KINDS: readonly FileKind[] = [
  {
    what: 'an SVG drawing',
    hint: 'Export it as PNG, at the size that it has on the screen.',
    matches: (_, text) => /^\s*<(?!html|!doctype html|head)/i.test(text) && /<svg[\s>]/.test(text),
  },
  ...PLACEHOLDERS,
  {
    what: 'an AVIF image',
    hint: OPEN_AND_SAVE,
    matches: (head) => brands(head).some((brand) => /^avi[fs]/.test(brand)),
  },
  {
    what: 'an HEIC image',
    hint: 'Save it as PNG or JPEG. On a Mac, Preview exports it; an iPhone takes JPEG with Settings, Camera, Formats, Most Compatible.',
    matches: (head) => brands(head).some((brand) => HEIF_BRANDS.test(brand)),
  },
  { what: 'a video', hint: EXTRACT_FRAMES, matches: (head) => brands(head).length > 0 },
  ...SIGNATURES.map(([what, hint, matches]) => ({ what, hint, matches })),
  { what: 'a text file', hint: 'Give a PNG, JPEG or WebP image.', matches: isText },
];

/**
 * Tells what a file is.
 * @param bytes the file, or at least its first `HEAD_BYTES`
 * @returns undefined for an unknown kind
 */
export function fileKind(bytes: Uint8Array): FileKind | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, HEAD_BYTES));
  // a byte order mark may precede text
  const text = head.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  return KINDS.find(({ matches }) => matches(head, text));
}

/** The major and the compatible brands of an ISO media file; empty for other files. */
function brands(head: Buffer): string[] {
  if (head.length < 12 || head.toString('latin1', 4, 8) !== 'ftyp') return [];
  const text = head.toString('latin1', 8, Math.min(head.length, Math.max(12, head.readUInt32BE(0))));
  // the minor version is between the major and the compatible brands
  return (text.match(/.{4}/gs) ?? []).filter((_, n) => n !== 1);
}

/** Has the head no control characters but white space, or a mark of UTF-16? */
function isText(head: Buffer): boolean {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return true;
  return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
}
