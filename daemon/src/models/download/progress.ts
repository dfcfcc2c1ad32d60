/** Progress of a download. `totalBytes` includes resumed parts. */
export interface PullProgress {
  file: string;
  bytes: number;
  totalBytes: number;
  /** Undefined until it can be measured. */
  bytesPerSecond: number | undefined;
  secondsLeft: number | undefined;
}

/** The rate is measured over this window. */
const WINDOW_MS = 10_000;

/** Converts positions to progress. Reported bytes never decrease, even if a download restarts. */
export class ProgressMeter {
  readonly #samples: { at: number; bytes: number }[] = [];
  #bytes = 0;

  constructor(
    readonly totalBytes: number,
    readonly now: () => number,
  ) {}

  update(file: string, bytes: number): PullProgress {
    const at = this.now();
    this.#bytes = Math.min(this.totalBytes, Math.max(this.#bytes, bytes));
    this.#samples.push({ at, bytes: this.#bytes });
    while ((this.#samples[0]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
    const bytesPerSecond = this.#rate();
    const left = this.totalBytes - this.#bytes;
    return {
      file,
      bytes: this.#bytes,
      totalBytes: this.totalBytes,
      bytesPerSecond,
      secondsLeft: bytesPerSecond === undefined || bytesPerSecond === 0 ? undefined : left / bytesPerSecond,
    };
  }

  #rate(): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000;
  }
}
