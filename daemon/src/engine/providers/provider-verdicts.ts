import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { PROVIDERS } from '../../graph/runtime/runtime.js';
import { makeFolder } from '../../make-folder.js';
import { writeFileAtomic } from '../../write-file-atomic.js';
import type { GpuDevice } from './gpu-devices.js';
import type { Candidate, ProviderProbe } from './provider-probe.js';

/** To be raised with every change of the trials. */
const TRIALS_VERSION = 1;

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a verdict counts; one against a provider is soon asked for again. */
const KEPT_MS = { works: 30 * DAY_MS, fails: DAY_MS };

/** Everything that a verdict on a provider may change with. */
export interface VerdictFacts {
  candidate: Candidate;
  /** The graphics devices of the computer: another one may change which is meant. */
  devices: readonly Pick<GpuDevice, 'name' | 'driver'>[];
  /** What changes with drivers that have no version. */
  driverStamp: string;
  /** Version of ONNX Runtime. */
  runtimeVersion: string;
  /** Platform and architecture. */
  system: string;
}

/** The key of a verdict: another one for anything that may change it. */
export function verdictKey({ candidate, devices, driverStamp, runtimeVersion, system }: VerdictFacts): string {
  const { provider, deviceId } = candidate;
  const drivers = devices.map(({ name, driver }) => [name, driver]);
  return JSON.stringify([TRIALS_VERSION, provider, deviceId ?? null, drivers, driverStamp, runtimeVersion, system]);
}

const candidateSchema = { provider: z.enum(PROVIDERS), deviceId: z.number().optional() };
const verdictSchema = z.object({
  /** When it was found, in milliseconds since 1970. */
  at: z.number(),
  probe: z.discriminatedUnion('works', [
    z.object({
      ...candidateSchema,
      works: z.literal(true),
      precision: z.enum(['float32', 'float16']),
      relativeError: z.number(),
      share: z.number(),
      speed: z.number(),
      atWorkingSize: z.boolean(),
    }),
    z.object({ ...candidateSchema, works: z.literal(false), why: z.string(), lasts: z.boolean() }),
  ]),
});
const fileSchema = z.record(z.string(), verdictSchema);

/** A verdict on a provider, and when it was found. */
export interface Verdict {
  at: number;
  probe: ProviderProbe;
}

/** Verdicts on providers, kept in a file, so that only the first start on a computer waits for the trials. */
export class VerdictStore {
  readonly #path: string;
  readonly #now: () => number;

  /** @param folder of the daemon's state; made when there is something to keep */
  constructor(folder: string, now: () => number = Date.now) {
    this.#path = join(folder, 'providers.json');
    this.#now = now;
  }

  /** The verdict under a key, unless it is too old. */
  get(key: string): Verdict | undefined {
    const kept = this.#read()[key];
    return kept !== undefined && this.#counts(kept) ? kept : undefined;
  }

  /** Keeps a verdict that is to be expected again, and drops those that are too old. A folder that cannot be written keeps none. */
  put(key: string, probe: ProviderProbe): void {
    if (!probe.works && !probe.lasts) return;
    const kept = Object.entries(this.#read()).filter(([, verdict]) => this.#counts(verdict));
    const all = { ...Object.fromEntries(kept), [key]: { at: this.#now(), probe } };
    try {
      makeFolder(dirname(this.#path));
      writeFileAtomic(this.#path, JSON.stringify(all, null, 2));
    } catch {
      // the next start tries again
    }
  }

  #counts({ at, probe }: Verdict): boolean {
    const age = this.#now() - at;
    return age >= 0 && age < (probe.works ? KEPT_MS.works : KEPT_MS.fails);
  }

  #read(): Record<string, Verdict> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}
