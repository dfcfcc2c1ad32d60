import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Precision, Provider } from '../../graph/runtime/runtime.js';

const CHILD_ENTRY = fileURLToPath(new URL('./probe-child.js', import.meta.url));

/** Drivers compile their programs meanwhile; one in software takes most of it. */
const TIMEOUT_MS = 120_000;

/** A provider, and which of its devices; its own default without one. */
export interface ProviderCandidate {
  provider: Provider;
  deviceId?: number | undefined;
}

/** What was found when a provider was put through its trials. */
export type ProviderProbe = ProviderCandidate &
  (
    | {
        works: true;
        /** The lower one of those in which its results are right. */
        precision: Precision;
        /** The largest against the CPU: ‖ours − CPU‖/‖CPU‖. */
        relativeError: number;
        /** Share of a graph's nodes that it ran itself, above 0 and up to 1. */
        share: number;
        /** How many times faster than the CPU; under 1 where slower. */
        speed: number;
        /** Whether networks of working size were compared; not where the provider is hopelessly slow. */
        atWorkingSize: boolean;
      }
    /**
     * `why` ends a sentence that begins with the provider's name and a colon. `lasts`: the same is to be expected at the
     * next start, unless driver or runtime change.
     */
    | { works: false; why: string; lasts: boolean }
  );

/** Messages to the probing process, and from it. */
export type ToProbe = { candidate: ProviderCandidate };
export type FromProbe = { probe: ProviderProbe };

/**
 * Tries providers one at a time, in a process of its own: a driver may crash, or keep memory. After a crash the next
 * provider gets a new process. Costs the time to load ONNX Runtime, a few seconds of the CPU for what the first provider is
 * compared with, and on a GPU the time to compile some programs.
 */
export class ProviderProber {
  readonly #timeoutMs: number;
  /** For what the trials write; theirs alone, since their process may be killed. */
  #folder: string | undefined;
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves for every provider, whether it works or not. */
  async probe(candidate: ProviderCandidate): Promise<ProviderProbe> {
    const failed = (why: string, lasts: boolean): ProviderProbe => ({ ...candidate, works: false, why, lasts });
    if (this.#closed) return failed('the trial was broken off', false);
    const child = this.#child ?? this.#start();
    return new Promise((resolve) => {
      const settle = (probe: ProviderProbe) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        resolve(probe);
      };
      const onMessage = ({ probe }: FromProbe) => settle(probe);
      const onExit = () => settle(failed('the process that tried it ended unexpectedly', !this.#closed));
      const timer = setTimeout(() => {
        this.#end();
        settle(failed(`no answer within ${this.#timeoutMs / 1000} s`, true));
      }, this.#timeoutMs);
      child.on('message', onMessage).on('exit', onExit).on('error', onExit);
      child.send({ candidate } satisfies ToProbe, () => {});
    });
  }

  /** Ends the process; what is tried at the time, or later, does not work. */
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
    this.#folder ??= mkdtempSync(join(tmpdir(), 'samepoint-probe-'));
    // what drivers print when there are none would only worry people; the probe says it in words
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
