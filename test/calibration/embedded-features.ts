import type { FeaturePyramid } from '../../daemon/src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../daemon/src/diffusion/feature-source.js';
import { checkpointIdentity, filesOf } from '../../daemon/src/diffusion/networks/model-files.js';
import { type FeaturePlan, planFeatures } from '../../daemon/src/diffusion/plan/feature-plan.js';
import type { RgbImage } from '../../daemon/src/images/decode.js';
import { hashOfImage } from './cache.js';

/** Feature pyramids of the embedded network. */
export class EmbeddedFeatures {
  /** Changes with the weights, for cache keys. */
  readonly id: string;
  readonly #plan: FeaturePlan;
  readonly #source = new FeatureSource();

  /** @param model folder of other weights for the same network and settings */
  constructor(model?: string) {
    const shipped = planFeatures({ backend: 'ui' });
    this.#plan = model === undefined ? shipped : withModel(shipped, model);
    this.id = this.#plan.id;
  }

  of(image: RgbImage): Promise<FeaturePyramid> {
    return this.#source.pyramid(hashOfImage(image), async () => image, this.#plan);
  }
}

function withModel(plan: FeaturePlan, model: string): FeaturePlan {
  const files = filesOf(model);
  const weightsId = checkpointIdentity(files);
  return { ...plan, id: weightsId, parts: plan.parts.map((part) => ({ ...part, files, weightsId })) };
}
