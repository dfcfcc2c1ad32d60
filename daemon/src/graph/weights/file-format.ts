import { closeSync, openSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import { type FileKind, PLACEHOLDERS } from '../../file-kinds.js';
import { readAt } from './read-values.js';
import { MAX_HEADER_BYTES } from './safetensors.js';

/** Supported formats of weights. */
export type WeightsFormat = 'safetensors' | 'pytorch-zip' | 'pytorch-legacy';

/** Enough to include the signature of a tar archive. */
const HEAD_BYTES = 512;
const CONVERT = 'Save its weights as safetensors, or with torch.save(model.state_dict(), path) in torch 1.6 or newer.';

/** First bytes of files that `torch.save` wrote before torch 1.6: the pickle of a magic number. */
const LEGACY_MAGIC = Buffer.from([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
/** Second field of an ONNX model, after `ir_version`: one of those before the graph. */
const ONNX_SECOND_FIELDS: ReadonlySet<number> = new Set([0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42]);

/** Formats that weights are not read from; the first match counts. */
const OTHER_FORMATS: readonly FileKind[] = [
  {
    what: 'a JSON file without weights',
    hint: 'Name the file with the weights, or the folder that contains both.',
    matches: (_, text) => /^\s*[{[]\s*["{[\]}\d]/.test(text),
  },
  {
    what: 'an image',
    hint: 'Name the file with the weights.',
    matches: (_, text) => /^(\x89PNG|\xff\xd8\xff|RIFF.{4}WEBP)/s.test(text),
  },
  { what: 'a GGUF file, whose weights are quantised', hint: CONVERT, matches: (_, text) => text.startsWith('GGUF') },
  { what: 'an HDF5 file', hint: CONVERT, matches: (_, text) => text.startsWith('\x89HDF') },
  {
    what: 'an ONNX model',
    hint: 'Name the PyTorch or safetensors file that it was converted from.',
    matches: (head) => head[0] === 8 && (head[1] ?? 0xff) < 0x20 && ONNX_SECOND_FIELDS.has(head[2] ?? 0),
  },
  {
    what: 'a tar archive, as torch before 0.2 wrote checkpoints',
    hint: CONVERT,
    matches: (head) => head.toString('latin1', 257, 262) === 'ustar',
  },
  {
    what: 'a pickle that torch.save did not write',
    hint: CONVERT,
    matches: (head) => head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5,
  },
  {
    what: 'a compressed archive',
    hint: 'Unpack it and name the file with the weights.',
    matches: (head, text) =>
      (head[0] === 0x1f && head[1] === 0x8b) || /^(7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/.test(text),
  },
];

/**
 * Detects the format of a file of weights by its first bytes, or by its name if they are unknown.
 * @throws SamepointError `MODEL_INVALID` with the actual format of the file
 */
export function weightsFormat(path: string): WeightsFormat {
  const head = readHead(path);
  const text = head.toString('latin1');
  if (isSafetensors(head)) return 'safetensors';
  if (text.startsWith('PK\x03\x04')) return 'pytorch-zip';
  if (head.subarray(0, LEGACY_MAGIC.length).equals(LEGACY_MAGIC)) return 'pytorch-legacy';
  reject([...PLACEHOLDERS, ...OTHER_FORMATS], path, head);
  return path.endsWith('.safetensors') ? 'safetensors' : 'pytorch-zip';
}

/**
 * Rejects a placeholder, such as a Git LFS pointer or a web page.
 * @throws SamepointError `MODEL_INVALID` with the actual content of the file
 */
export function rejectPlaceholder(path: string): void {
  reject(PLACEHOLDERS, path, readHead(path));
}

function reject(formats: readonly FileKind[], path: string, head: Buffer): void {
  const text = head.toString('latin1');
  const format = formats.find(({ matches }) => matches(head, text));
  if (format !== undefined) throw new SamepointError('MODEL_INVALID', `${path} is ${format.what}.`, format.hint);
}

function readHead(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    throw new SamepointError('MODEL_INVALID', `${path} does not exist or cannot be opened.`, 'Check the path.');
  }
  try {
    return readAt(file, 0, HEAD_BYTES);
  } finally {
    closeSync(file);
  }
}

/** Starts with a length of 8 bytes and a JSON object. */
function isSafetensors(head: Buffer): boolean {
  return head.length > 8 && head[8] === 0x7b && head.readBigUInt64LE() <= BigInt(MAX_HEADER_BYTES);
}
