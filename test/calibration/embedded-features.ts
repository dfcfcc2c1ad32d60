import { createHash } from 'node:crypto';
import type { FeaturePyramid } from '../../daemon/src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../daemon/src/diffusion/feature-source.js';
import { checkpointIdentity, filesOf } from '../../daemon/src/diffusion/networks/model-files.js';
import { type FeaturePlan, planFeatures } from '../../daemon/src/diffusion/plan/feature-plan.js';
import type { RgbImage } from '../../daemon/src/images/decode.js';

/** What the embedded model sees in images. */
export class EmbeddedFeatures {
  /** Another one once the weights are others: what was matched with them is to be matched again. */
  readonly id: string;
  readonly #plan: FeaturePlan;
  readonly #source = new FeatureSource();

  /** @param model folder of another network of its kind, to be used with the same settings */
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

export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

export function hashOfImage({ width, height, rgb }: RgbImage): string {
  return `${width}×${height} ${hashOf(rgb)}`;
}
