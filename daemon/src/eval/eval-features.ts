import { createHash } from 'node:crypto';
import { networkKey } from '../diffusion/cache/feature-key.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { FeatureSource } from '../diffusion/feature-source.js';
import { type FeatureChoice, type FeaturePlan, planFeatures, shareBlocks } from '../diffusion/plan/feature-plan.js';
import type { GraphTarget } from '../graph/runtime/runtime.js';
import { pixelsId } from '../images/decode.js';
import { decodeDatasetImage, readDatasetBytes } from './datasets/dataset-files.js';

/** Features of the images of a data set, for one choice. */
export class EvalFeatures {
  readonly #choice: FeatureChoice;
  readonly #source: FeatureSource;
  readonly #sharedBlocks: readonly number[] | undefined;
  readonly #plans = new Map<string | undefined, FeaturePlan>();

  /** @param sharedBlocks blocks that are requested one by one and share passes; see `shareBlocks` */
  constructor(choice: FeatureChoice, source: FeatureSource, sharedBlocks?: readonly number[]) {
    this.#choice = choice;
    this.#source = source;
    this.#sharedBlocks = sharedBlocks;
  }

  /**
   * Everything that the features depend on besides the images, as JSON.
   * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`
   */
  identity({ provider, precision }: GraphTarget): unknown {
    const parts = this.#plan(undefined).parts.map((part) => [part.preset, part.weight, networkKey(part)]);
    return { provider, precision, parts };
  }

  /**
   * @param category what the image shows, for presets with a prompt template
   * @throws SamepointError if the image or the model cannot be read
   */
  async pyramid(path: string, category?: string): Promise<FeaturePyramid> {
    const bytes = await readDatasetBytes(path);
    const key = await pixelsId(createHash('sha256').update(bytes).digest('hex'), bytes);
    return this.#source.pyramid(key, () => decodeDatasetImage(bytes, path), this.#plan(category));
  }

  #plan(category: string | undefined): FeaturePlan {
    const known = this.#plans.get(category);
    if (known !== undefined) return known;
    const own = planFeatures({ ...this.#choice, category });
    const plan = this.#sharedBlocks === undefined ? own : shareBlocks(own, this.#sharedBlocks);
    this.#plans.set(category, plan);
    return plan;
  }
}
