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

/** Increase with every change of the trials. */
const TRIALS_VERSION = 1;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Lifetime of a cached result; failures are retried sooner. */
const LIFETIME_MS = { works: 30 * DAY_MS, fails: DAY_MS };

/** Everything that the result of a probe depends on. */
export interface ProbeKeyParts {
  candidate: ProviderCandidate;
  /** The graphics devices of the computer: a new one may change device numbers. */
  devices: readonly Pick<GpuDevice, 'name' | 'driver'>[];
  /** Changes with drivers that have no version. */
  driverStamp: string;
  /** Version of ONNX Runtime. */
  runtimeVersion: string;
  /** Platform and architecture. */
  system: string;
}

/** The cache key of a probe: differs with everything that may change its result. */
export function probeKey({ candidate, devices, driverStamp, runtimeVersion, system }: ProbeKeyParts): string {
  const { provider, deviceId } = candidate;
  const drivers = devices.map(({ name, driver }) => [name, driver]);
  return JSON.stringify([TRIALS_VERSION, provider, deviceId ?? null, drivers, driverStamp, runtimeVersion, system]);
}

const candidateSchema = { provider: z.enum(PROVIDERS), deviceId: z.number().optional() };
const cachedProbeSchema = z.object({
  /** Time of the probe, in milliseconds since 1970. */
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

/** The result of a probe, and its time in milliseconds since 1970. */
export interface CachedProbe {
  at: number;
  probe: ProviderProbe;
}

/** Caches probe results in a file, so that only the first start on a computer runs the trials. */
export class ProbeCache {
  readonly #path: string;
  readonly #now: () => number;

  /** @param folder the daemon's state folder; created on the first write */
  constructor(folder: string, now: () => number = Date.now) {
    this.#path = join(folder, 'providers.json');
    this.#now = now;
  }

  /** The result under a key, unless it has expired. */
  get(key: string): CachedProbe | undefined {
    const current = this.#read()[key];
    return current !== undefined && this.#isCurrent(current) ? current : undefined;
  }

  /** Stores a reproducible result and removes expired ones. Does nothing if the folder is not writable. */
  put(key: string, probe: ProviderProbe): void {
    if (!probe.works && !probe.lasts) return;
    const current = Object.entries(this.#read()).filter(([, cached]) => this.#isCurrent(cached));
    const all = { ...Object.fromEntries(current), [key]: { at: this.#now(), probe } };
    try {
      makeFolder(dirname(this.#path));
      writeFileAtomic(this.#path, JSON.stringify(all, null, 2));
    } catch {
      // the next start runs the trials again
    }
  }

  #isCurrent({ at, probe }: CachedProbe): boolean {
    const age = this.#now() - at;
    return age >= 0 && age < (probe.works ? LIFETIME_MS.works : LIFETIME_MS.fails);
  }

  #read(): Record<string, CachedProbe> {
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return {};
    }
  }
}

/** Probes execution providers. */
export interface Prober {
  probe(candidate: ProviderCandidate): Promise<ProviderProbe>;
  close(): void;
}

export interface CachedProberOptions {
  devices: readonly GpuDevice[];
  /** Probes again and replaces cached results. Default: whether `SAMEPOINT_PROBE` is `anew`. */
  anew?: boolean;
  store?: Pick<ProbeCache, 'get' | 'put'>;
  prober?: Prober;
}

/** Probes a provider only if no result is cached. */
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
    const current = anew ? undefined : this.#store.get(key);
    if (current !== undefined) return current.probe;
    const probe = await this.#prober.probe(candidate);
    this.#store.put(key, probe);
    return probe;
  }

  close(): void {
    this.#prober.close();
  }
}

/** The cache key of a probe on this computer. */
export function localProbeKey(candidate: ProviderCandidate, devices: readonly GpuDevice[]): string {
  return probeKey({
    candidate,
    devices,
    driverStamp: driverStamp(),
    runtimeVersion: runtimeVersion(),
    system: `${process.platform} ${process.arch}`,
  });
}

/** The version of the ONNX Runtime package; `none` if it is missing. */
export function runtimeVersion(): string {
  try {
    const manifest: unknown = createRequire(import.meta.url)('onnxruntime-node/package.json');
    return z.object({ version: z.string() }).parse(manifest).version;
  } catch {
    return 'none';
  }
}
