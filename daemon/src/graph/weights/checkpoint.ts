/** Element types of stored weights, by their safetensors names, and the bytes each takes. */
export const ELEMENT_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

/** Where a tensor lies: `offset` and `length` in bytes of the whole file. Little-endian, contiguous, row-major. */
export interface TensorEntry {
  dtype: ElementType;
  shape: readonly number[];
  /** Path of the file below the checkpoint's folder, with `/`. */
  file: string;
  offset: number;
  length: number;
}

/** The tensors of a checkpoint, whatever its format. Weights are never read here: graphs refer to them by offset. */
export interface Checkpoint {
  /** What messages call it. */
  path: string;
  /** Folder of the real files, since ONNX Runtime follows no symbolic links. */
  folder: string;
  tensors: ReadonlyMap<string, TensorEntry>;
}

/** Why a file of weights is unusable. The message completes "… is not a usable PyTorch checkpoint: ". */
export class WeightsFormatError extends Error {}

/** A pattern at a place of a tensor's name and what stands there instead; `$1` and functions as for `String.replace`. */
export type Renaming = readonly [pattern: RegExp, to: string | ((match: string, ...groups: string[]) => string)];

/** The tensors under `prefix`, without it. */
export function withoutPrefix(checkpoint: Checkpoint, prefix: string): Checkpoint {
  if (prefix === '') return checkpoint;
  return mapTensors(checkpoint, (name, entry) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), entry] as const] : [],
  );
}

/** The same tensors by other names and shapes, over the same bytes: every tensor becomes none, one or several. */
export function mapTensors(
  checkpoint: Checkpoint,
  map: (name: string, entry: TensorEntry) => Iterable<readonly [string, TensorEntry]>,
): Checkpoint {
  return { ...checkpoint, tensors: new Map([...checkpoint.tensors].flatMap(([name, entry]) => [...map(name, entry)])) };
}

/** Applies every renaming that fits, in order. */
export function rename(name: string, renamings: readonly Renaming[]): string {
  return renamings.reduce(
    (renamed, [pattern, to]) => (typeof to === 'string' ? renamed.replace(pattern, to) : renamed.replace(pattern, to)),
    name,
  );
}

/** Parts of equal size along the first axis: what was stacked into one tensor. */
export function splitRows(entry: TensorEntry, parts: number): TensorEntry[] {
  const [rows = 0, ...rest] = entry.shape;
  const length = entry.length / parts;
  return Array.from({ length: parts }, (_, part) => ({
    ...entry,
    shape: [rows / parts, ...rest],
    offset: entry.offset + part * length,
    length,
  }));
}

/** How many weights there are. */
export function weightCount({ tensors }: Checkpoint): number {
  const sizes = [...tensors.values()].map(({ shape }) => shape.reduce((product, dim) => product * dim, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}
