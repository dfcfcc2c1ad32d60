import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { type FeatureChoice, type FeaturePlan, planFeatures } from '../diffusion/feature-plan.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import { FeatureSource } from '../diffusion/feature-source.js';
import type { FeatureStore } from '../diffusion/feature-store.js';
import type { Runtime } from '../graph/runtime.js';
import { decodeDatasetImage, readDatasetBytes } from './dataset-image.js';

/** Features of the images of a data set, with one backend and preset. */
export class EvalFeatures {
  readonly #choice: FeatureChoice;
  readonly #runtime: Runtime;
  readonly #source: FeatureSource;
  readonly #plans = new Map<string | undefined, FeaturePlan>();

  /** @param store keeps features on disk */
  constructor(choice: FeatureChoice, runtime: Runtime, store?: FeatureStore) {
    this.#choice = choice;
    this.#runtime = runtime;
    this.#source = new FeatureSource(runtime, store);
  }

  /**
   * What the features depend on besides the images, as JSON.
   * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`
   */
  identity(): unknown {
    const { provider, precision } = this.#runtime;
    const parts = this.#plan(undefined).parts.map(({ preset, weight, files, prompt }) => {
      const weights = [...files].map(([name, path]) => [name, path, statSync(path).size, statSync(path).mtimeMs]);
      return { preset, weight, prompt, weights };
    });
    return { provider, precision, parts };
  }

  /**
   * @param category what the image shows, for presets whose prompt names it
   * @throws SamepointError where the image or the model cannot be read
   */
  async pyramid(path: string, category?: string): Promise<FeaturePyramid> {
    const bytes = await readDatasetBytes(path);
    const imageId = createHash('sha256').update(bytes).digest('hex');
    return this.#source.pyramid(imageId, () => decodeDatasetImage(bytes, path), this.#plan(category));
  }

  /** Frees the memory of the networks. */
  release(): Promise<void> {
    return this.#source.release();
  }

  #plan(category: string | undefined): FeaturePlan {
    const known = this.#plans.get(category);
    if (known !== undefined) return known;
    const plan = planFeatures({ ...this.#choice, category });
    this.#plans.set(category, plan);
    return plan;
  }
}
