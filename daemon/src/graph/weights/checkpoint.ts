/** Bytes per element of the supported types, by their safetensors names. */
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

/** Location of a tensor: `offset` and `length` in bytes within the file. Little-endian, contiguous, row-major. */
export interface TensorEntry {
  dtype: ElementType;
  shape: readonly number[];
  /** Path of the file relative to the checkpoint's folder, with `/`. */
  file: string;
  offset: number;
  length: number;
}

/** The tensors of a checkpoint of any format. Weights are not loaded: graphs refer to them by offset. */
export interface Checkpoint {
  /** For messages. */
  path: string;
  /** Folder of the files, with symbolic links resolved: ONNX Runtime does not follow them. */
  folder: string;
  tensors: ReadonlyMap<string, TensorEntry>;
}

/** Why a file of weights is unusable. The message completes "… is not a usable PyTorch checkpoint: ". */
export class WeightsFormatError extends Error {}

/** Arguments of `String.replace` for a tensor's name. */
export type Renaming = readonly [pattern: RegExp, to: string | ((match: string, ...groups: string[]) => string)];

/** The tensors whose names start with `prefix`, renamed without it. */
export function withoutPrefix(checkpoint: Checkpoint, prefix: string): Checkpoint {
  if (prefix === '') return checkpoint;
  return mapTensors(checkpoint, (name, entry) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), entry] as const] : [],
  );
}

/** A view with other names and shapes of the same bytes. `map` returns any number of tensors per tensor. */
export function mapTensors(
  checkpoint: Checkpoint,
  map: (name: string, entry: TensorEntry) => Iterable<readonly [string, TensorEntry]>,
): Checkpoint {
  return { ...checkpoint, tensors: new Map([...checkpoint.tensors].flatMap(([name, entry]) => [...map(name, entry)])) };
}

/** Applies all matching renamings, in order. */
export function rename(name: string, renamings: readonly Renaming[]): string {
  return renamings.reduce(
    (renamed, [pattern, to]) => (typeof to === 'string' ? renamed.replace(pattern, to) : renamed.replace(pattern, to)),
    name,
  );
}

/** Splits a tensor into parts of equal size along its first axis. */
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

/** Number of weights. */
export function weightCount({ tensors }: Checkpoint): number {
  const sizes = [...tensors.values()].map(({ shape }) => shape.reduce((product, dim) => product * dim, 1));
  return sizes.reduce((sum, size) => sum + size, 0);
}
