import { createRequire } from 'node:module';
import * as z from 'zod';
import { stateDir } from '../../state-dir.js';
import type { GpuDevice } from './gpu-devices.js';
import { driverStamp } from './list-gpu-devices.js';
import { type Candidate, type ProviderProbe, ProviderProber } from './provider-probe.js';
import { VerdictStore, verdictKey } from './provider-verdicts.js';

/** What tries providers. */
export interface Prober {
  probe(candidate: Candidate): Promise<ProviderProbe>;
  close(): void;
}

export interface CachedProberOptions {
  devices: readonly GpuDevice[];
  /** Tries anew, whatever is kept; what is found is kept. Default: whether `SAMEPOINT_PROBE` is `anew`. */
  anew?: boolean;
  store?: Pick<VerdictStore, 'get' | 'put'>;
  prober?: Prober;
}

/** Tries a provider only where no verdict on it is kept. */
export class CachedProber implements Prober {
  readonly #options: CachedProberOptions;
  readonly #store: Pick<VerdictStore, 'get' | 'put'>;
  readonly #prober: Prober;

  constructor(options: CachedProberOptions) {
    this.#options = options;
    this.#store = options.store ?? new VerdictStore(stateDir());
    this.#prober = options.prober ?? new ProviderProber();
  }

  async probe(candidate: Candidate): Promise<ProviderProbe> {
    const key = keyHere(candidate, this.#options.devices);
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
export function keyHere(candidate: Candidate, devices: readonly GpuDevice[]): string {
  return verdictKey({
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
