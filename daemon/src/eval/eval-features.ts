import { createHash } from 'node:crypto';
import { networkKey } from '../diffusion/cache/feature-key.js';
import type { FeaturePyramid } from '../diffusion/feature-pyramid.js';
import type { FeatureSource } from '../diffusion/feature-source.js';
import { type FeatureChoice, type FeaturePlan, inPassOf, planFeatures } from '../diffusion/plan/feature-plan.js';
import type { GraphTarget } from '../graph/runtime/runtime.js';
import { decodeDatasetImage, readDatasetBytes } from './datasets/dataset-image.js';

/** Features of the images of a data set, made by one choice. */
export class EvalFeatures {
  readonly #choice: FeatureChoice;
  readonly #source: FeatureSource;
  readonly #passBlocks: readonly number[] | undefined;
  readonly #plans = new Map<string | undefined, FeaturePlan>();

  /** @param passBlocks blocks that are asked for one after another, each by a choice of its own; see `inPassOf` */
  constructor(choice: FeatureChoice, source: FeatureSource, passBlocks?: readonly number[]) {
    this.#choice = choice;
    this.#source = source;
    this.#passBlocks = passBlocks;
  }

  /**
   * What the features depend on besides the images, as JSON.
   * @throws SamepointError `BACKEND_UNKNOWN`, `BAD_REQUEST`, `MODEL_MISSING`
   */
  identity({ provider, precision }: GraphTarget): unknown {
    const parts = this.#plan(undefined).parts.map((part) => [part.preset, part.weight, networkKey(part)]);
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

  #plan(category: string | undefined): FeaturePlan {
    const known = this.#plans.get(category);
    if (known !== undefined) return known;
    const own = planFeatures({ ...this.#choice, category });
    const plan = this.#passBlocks === undefined ? own : inPassOf(this.#passBlocks, own);
    this.#plans.set(category, plan);
    return plan;
  }
}
