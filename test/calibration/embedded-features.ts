import { createHash } from 'node:crypto';
import { planFeatures } from '../../daemon/src/diffusion/feature-plan.js';
import type { FeaturePyramid } from '../../daemon/src/diffusion/feature-pyramid.js';
import { FeatureSource } from '../../daemon/src/diffusion/feature-source.js';
import type { RgbImage } from '../../daemon/src/images/decode.js';

const PLAN = planFeatures({ backend: 'ui' });

/** Another one once the weights are others: what was matched with them is to be matched again. */
export const EMBEDDED_ID = PLAN.id;

/** What the embedded model sees in images. */
export class EmbeddedFeatures {
  readonly #source = new FeatureSource();

  of(image: RgbImage): Promise<FeaturePyramid> {
    return this.#source.pyramid(hashOfImage(image), async () => image, PLAN);
  }
}

export function hashOf(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

export function hashOfImage({ width, height, rgb }: RgbImage): string {
  return `${width}×${height} ${hashOf(rgb)}`;
}
