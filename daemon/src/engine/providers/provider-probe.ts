import { type ChildProcess, fork } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeTemporaryFolder } from '../../app-folders.js';
import type { Precision, Provider } from '../../graph/runtime/runtime.js';

const CHILD_ENTRY = fileURLToPath(new URL('./probe-child.js', import.meta.url));

/** Includes the time in which drivers compile their programs; software drivers need most of it. */
const TIMEOUT_MS = 120_000;

/** A provider and one of its devices; without a number, the provider's default. */
export interface ProviderCandidate {
  provider: Provider;
  deviceId?: number | undefined;
}

/** The result of a provider's trials. */
export type ProviderProbe = ProviderCandidate &
  (
    | {
        works: true;
        /** The lowest precision with correct results. */
        precision: Precision;
        /** The largest error against the CPU: ‖ours − CPU‖/‖CPU‖. */
        relativeError: number;
        /** Fraction of a graph's nodes that it ran, in (0, 1]. */
        share: number;
        /** Speed relative to the CPU; below 1 if slower. */
        speed: number;
        /** Whether networks of working size were compared; false for very slow providers. */
        atWorkingSize: boolean;
      }
    /**
     * `why` completes a sentence that begins with the provider's name and a colon. `lasts`: reproducible until the driver
     * or ONNX Runtime changes.
     */
    | { works: false; why: string; lasts: boolean }
  );

/** Messages to and from the probing process. */
export type ToProbe = { candidate: ProviderCandidate };
export type FromProbe = { probe: ProviderProbe };

/**
 * Probes providers one at a time in a separate process, since a driver may crash or retain memory. After a crash, the
 * next provider gets a new process. Takes the time to load ONNX Runtime, a few seconds for the CPU's reference results,
 * and the compile time of the GPU's programs.
 */
export class ProviderProber {
  readonly #timeoutMs: number;
  /** Temporary folder of the trials; removed here, since their process may be killed. */
  #folder: string | undefined;
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves for every provider, working or not. */
  async probe(candidate: ProviderCandidate): Promise<ProviderProbe> {
    const failed = (why: string, lasts: boolean): ProviderProbe => ({ ...candidate, works: false, why, lasts });
    if (this.#closed) return failed('the trial was aborted', false);
    const child = this.#child ?? this.#start();
    return new Promise((resolve) => {
      const settle = (probe: ProviderProbe) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        resolve(probe);
      };
      const onMessage = ({ probe }: FromProbe) => settle(probe);
      const onExit = () => settle(failed('the probing process ended unexpectedly', !this.#closed));
      const timer = setTimeout(() => {
        this.#end();
        settle(failed(`no answer within ${this.#timeoutMs / 1000} s`, true));
      }, this.#timeoutMs);
      child.on('message', onMessage).on('exit', onExit).on('error', onExit);
      child.send({ candidate } satisfies ToProbe, () => {});
    });
  }

  /** Ends the process. Current and later probes fail. */
  close(): void {
    this.#closed = true;
    if (this.#child === undefined) this.#removeFolder();
    this.#end();
  }

  #end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #start(): ChildProcess {
    this.#folder ??= makeTemporaryFolder('samepoint-probe-');
    // the probe reports missing drivers itself, so their output is discarded
    const child = fork(CHILD_ENTRY, [this.#folder], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const forget = () => {
      if (this.#child === child) this.#child = undefined;
      if (this.#closed) this.#removeFolder();
    };
    child.once('exit', forget).once('error', forget);
    this.#child = child;
    return child;
  }

  #removeFolder(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}
