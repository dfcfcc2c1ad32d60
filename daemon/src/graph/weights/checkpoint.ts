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
