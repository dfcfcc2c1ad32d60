import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Precision, Provider } from '../graph/runtime.js';

const CHILD_ENTRY = fileURLToPath(new URL('./probe-child.js', import.meta.url));

/** Drivers compile their programs meanwhile; one in software takes most of it. */
const TIMEOUT_MS = 120_000;

/** What was found when a provider was tried on a small graph. */
export type ProviderProbe =
  | {
      provider: Provider;
      works: true;
      /** The lower one of those in which its results are right. */
      precision: Precision;
      /** Against the CPU: ‖ours − CPU‖/‖CPU‖. */
      relativeError: number;
      /** Share of the graph's nodes that it ran itself, above 0 and up to 1. */
      share: number;
      /** How many times faster than the CPU on a product of matrices; under 1 where slower. */
      speed: number;
    }
  /** `why` ends a sentence that begins with the provider's name and a colon. */
  | { provider: Provider; works: false; why: string };

/** What the probing process says. */
export type FromProbe = { probe: ProviderProbe };

/**
 * Tries providers one at a time, in a process of its own: a driver may crash, or keep memory. After a crash the next
 * provider gets a new process. Costs the time to load ONNX Runtime, and on a GPU that of compiling some programs.
 */
export class ProviderProber {
  readonly #timeoutMs: number;
  #child: ChildProcess | undefined;
  #closed = false;

  constructor(timeoutMs = TIMEOUT_MS) {
    this.#timeoutMs = timeoutMs;
  }

  /** Resolves for every provider, whether it works or not. */
  async probe(provider: Provider): Promise<ProviderProbe> {
    const failed = (why: string): ProviderProbe => ({ provider, works: false, why });
    if (this.#closed) return failed('the trial was broken off');
    const child = this.#child ?? this.#start();
    return new Promise((resolve) => {
      const settle = (probe: ProviderProbe) => {
        clearTimeout(timer);
        child.off('message', onMessage).off('exit', onExit).off('error', onExit);
        resolve(probe);
      };
      const onMessage = ({ probe }: FromProbe) => settle(probe);
      const onExit = () => settle(failed('the process that tried it ended unexpectedly'));
      const timer = setTimeout(() => {
        this.#end();
        settle(failed(`no answer within ${this.#timeoutMs / 1000} s`));
      }, this.#timeoutMs);
      child.on('message', onMessage).on('exit', onExit).on('error', onExit);
      child.send(provider, () => {});
    });
  }

  /** Ends the process; what is tried at the time, or later, does not work. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #start(): ChildProcess {
    // what drivers print when there are none would only worry people; the probe says it in words
    const child = fork(CHILD_ENTRY, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const forget = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', forget).once('error', forget);
    this.#child = child;
    return child;
  }
}
