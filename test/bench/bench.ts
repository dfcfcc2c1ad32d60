/** A comparison in figures, measured in one run on one machine. */
export interface Bench {
  name: string;
  title: string;
  /** Which page of docs/ the table belongs on; `performance` without. */
  doc?: 'performance' | 'evaluation' | 'gpu';
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /** Python with the packages of test/parity/requirements.txt and accelerate, or what the bench says. */
  python?: string;
  /** A folder as `eval pairs` takes it, or a generated set, for the benches that look at one. */
  pairs?: string;
  /** A file that keeps matches between runs, for benches that try what is done with them. */
  kept?: string;
  /** A folder of weights to look through instead of those of the embedded model. */
  model?: string;
  /** How many pairs of a set to look at, evenly spread. */
  setPairs: number;
  sizesPx: readonly number[];
  ensembles: readonly number[];
  /** Measurements of each side, which take turns. */
  rounds: number;
  /** Takes what has been done so far, a line at a time. */
  log(line: string): void;
}

export interface BenchResult {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  notes: readonly string[];
  /** What the table was made from. */
  measurements: unknown;
}

/** The middle one; of two in the middle their mean. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
