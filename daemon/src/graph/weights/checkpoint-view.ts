import type { Checkpoint, TensorEntry } from './checkpoint.js';

/** A pattern at a place of a tensor's name and what stands there instead; `$1` and functions as for `String.replace`. */
export type Renaming = readonly [pattern: RegExp, to: string | ((match: string, ...groups: string[]) => string)];

/** The tensors under `prefix`, without it. */
export function under(checkpoint: Checkpoint, prefix: string): Checkpoint {
  if (prefix === '') return checkpoint;
  return view(checkpoint, (name, entry) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), entry] as const] : [],
  );
}

/** The same tensors by other names and shapes, over the same bytes: every tensor becomes none, one or several. */
export function view(
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
export function unstack(entry: TensorEntry, parts: number): TensorEntry[] {
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
