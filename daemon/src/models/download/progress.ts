/** How far a download is. `totalBytes` counts what had to be fetched, resumed parts included. */
export interface PullProgress {
  file: string;
  bytes: number;
  totalBytes: number;
  /** Undefined until there is something to measure. */
  bytesPerSecond: number | undefined;
  secondsLeft: number | undefined;
}

/** The rate is that of the last few seconds. */
const WINDOW_MS = 10_000;

/** Turns positions into progress. The bytes it reports never go back, also when a download has to start over. */
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
