import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { stateDir } from '../../app-folders.js';
import { PROVIDERS } from '../../graph/runtime/runtime.js';
import { makeFolder, writeFileAtomic } from '../../write-files.js';
import type { GpuDevice } from './gpu-devices.js';
import { driverStamp } from './list-gpu-devices.js';
import { type ProviderCandidate, type ProviderProbe, ProviderProber } from './provider-probe.js';

/** To be raised with every change of the trials. */
const TRIALS_VERSION = 1;

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a verdict counts; one against a provider is soon asked for again. */
const KEPT_MS = { works: 30 * DAY_MS, fails: DAY_MS };

/** Everything that a verdict on a provider may change with. */
export interface ProbeKeyParts {
  candidate: ProviderCandidate;
  /** The graphics devices of the computer: another one may change which is meant. */
  devices: readonly Pick<GpuDevice, 'name' | 'driver'>[];
  /** What changes with drivers that have no version. */
  driverStamp: string;
  /** Version of ONNX Runtime. */
  runtimeVersion: string;
  /** Platform and architecture. */
  system: string;
}

/** The key of a cached: another one for anything that may change it. */
export function probeKey({ candidate, devices, driverStamp, runtimeVersion, system }: ProbeKeyParts): string {
  const { provider, deviceId } = candidate;
  const drivers = devices.map(({ name, driver }) => [name, driver]);
  return JSON.stringify([TRIALS_VERSION, provider, deviceId ?? null, drivers, driverStamp, runtimeVersion, system]);
}

const candidateSchema = { provider: z.enum(PROVIDERS), deviceId: z.number().optional() };
const cachedProbeSchema = z.object({
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
const fileSchema = z.record(z.string(), cachedProbeSchema);

/** A verdict on a provider, and when it was found. */
export interface CachedProbe {
  at: number;
  probe: ProviderProbe;
}

/** Verdicts on providers, kept in a file, so that only the first start on a computer waits for the trials. */
export class ProbeCache {
  readonly #path: string;
  readonly #now: () => number;

  /** @param folder of the daemon's state; made when there is something to keep */
  constructor(folder: string, now: () => number = Date.now) {
    this.#path = join(folder, 'providers.json');
    this.#now = now;
  }

  /** The cached under a key, unless it is too old. */
  get(key: string): CachedProbe | undefined {
    const kept = this.#read()[key];
    return kept !== undefined && this.#counts(kept) ? kept : undefined;
  }

  /** Keeps a cached that is to be expected again, and drops those that are too old. A folder that cannot be written keeps none. */
  put(key: string, probe: ProviderProbe): void {
    if (!probe.works && !probe.lasts) return;
    const kept = Object.entries(this.#read()).filter(([, cached]) => this.#counts(cached));
    const all = { ...Object.fromEntries(kept), [key]: { at: this.#now(), probe } };
    try {
      makeFolder(dirname(this.#path));
      writeFileAtomic(this.#path, JSON.stringify(all, null, 2));
    } catch {
      // the next start tries again
    }
  }

  #counts({ at, probe }: CachedProbe): boolean {
    const age = this.#now() - at;
    return age >= 0 && age < (probe.works ? KEPT_MS.works : KEPT_MS.fails);
  }

  #read(): Record<string, CachedProbe> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}

/** What tries providers. */
export interface Prober {
  probe(candidate: ProviderCandidate): Promise<ProviderProbe>;
  close(): void;
}

export interface CachedProberOptions {
  devices: readonly GpuDevice[];
  /** Tries anew, whatever is kept; what is found is kept. Default: whether `SAMEPOINT_PROBE` is `anew`. */
  anew?: boolean;
  store?: Pick<ProbeCache, 'get' | 'put'>;
  prober?: Prober;
}

/** Tries a provider only where no verdict on it is kept. */
export class CachedProber implements Prober {
  readonly #options: CachedProberOptions;
  readonly #store: Pick<ProbeCache, 'get' | 'put'>;
  readonly #prober: Prober;

  constructor(options: CachedProberOptions) {
    this.#options = options;
    this.#store = options.store ?? new ProbeCache(stateDir());
    this.#prober = options.prober ?? new ProviderProber();
  }

  async probe(candidate: ProviderCandidate): Promise<ProviderProbe> {
    const key = localProbeKey(candidate, this.#options.devices);
    const { anew = process.env.SAMEPOINT_PROBE === 'anew' } = this.#options;
    const kept = anew ? undefined : this.#store.get(key);
    if (kept !== undefined) return kept.probe;
    const probe = await this.#prober.probe(candidate);
    this.#store.put(key, probe);
    return probe;
  }

  close(): void {
    this.#prober.close();
  }
}

/** The key of a verdict on this computer. */
export function localProbeKey(candidate: ProviderCandidate, devices: readonly GpuDevice[]): string {
  return probeKey({
    candidate,
    devices,
    driverStamp: driverStamp(),
    runtimeVersion: runtimeVersion(),
    system: `${process.platform} ${process.arch}`,
  });
}

/** The version of ONNX Runtime, by its package. */
export function runtimeVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
  return z.object({ version: z.string() }).parse(manifest).version;
}
