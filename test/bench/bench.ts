/** A benchmark, measured in one run on one machine. */
export interface Bench {
  name: string;
  title: string;
  /** Page of docs/ with the table; default `performance`. */
  doc?: 'performance' | 'evaluation' | 'gpu';
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /** Python with the packages that the benchmark needs. */
  python?: string;
  /** A folder for `eval pairs`, or a generated set, for benchmarks that use one. */
  pairs?: string;
  /** A cache file of matches, for benchmarks of later stages. */
  kept?: string;
  /** A folder of weights to use instead of the embedded model. */
  model?: string;
  /** Number of pairs of a set to use, evenly spaced. */
  setPairs: number;
  sizesPx: readonly number[];
  ensembles: readonly number[];
  /** Measurements per side; the sides alternate. */
  rounds: number;
  /** Reports progress, one line at a time. */
  log(line: string): void;
}

export interface BenchResult {
  columns: readonly string[];
  rows: readonly (readonly string[])[];
  /** Sentences below the table. */
  notes: readonly string[];
  /** The data of the table. */
  measurements: unknown;
}

/** Median; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
