import type { TransferRequest } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { Matcher } from '../../src/correspond/matcher.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { planFeatures } from '../../src/diffusion/plan/feature-plan.js';
import { groupedOrder, JobPairs, PairCache } from '../../src/engine/jobs/job-pairs.js';
import { ProgressReporter } from '../../src/engine/jobs/progress-reporter.js';
import { runTransfer } from '../../src/engine/jobs/transfer-job.js';
import { draw, toPng } from '../support/draw.js';

const CARD = { x: 8, y: 8, w: 20, h: 16, colour: [40, 90, 200] } as const;
/** Small inputs of the network, for speed. */
const DOWNSCALE_STEPS = 3;
const png = (width: number, height: number) => toPng(draw(width, height, [{ ...CARD, colour: [...CARD.colour] }]));

async function pairsOf(images: ReadonlyMap<string, Uint8Array>, order: string[] = []): Promise<JobPairs> {
  const features = new FeatureSource();
  const pyramid = features.pyramid.bind(features);
  features.pyramid = (imageId, ...rest) => {
    order.push(imageId);
    return pyramid(imageId, ...rest);
  };
  const kept = { features, matcher: new Matcher(), pairs: new PairCache() };
  return new JobPairs(
    kept,
    images,
    planFeatures({ backend: 'ui', downscaleSteps: DOWNSCALE_STEPS }),
    new ProgressReporter(() => {}),
  );
}

describe('images with one input size', () => {
  it('are grouped, in the order of the first of each size', () => {
    expect(groupedOrder(['b', 'a', 'b', 'c', 'a'])).toEqual([0, 2, 1, 4, 3]);
    expect(groupedOrder([])).toEqual([]);
  });

  it('have pyramid levels of one size, whatever their own', async () => {
    const images = new Map([
      ['wide', await png(96, 48)],
      ['tall', await png(48, 96)],
      ['wide and larger', await png(192, 96)],
      ['broken', Buffer.alloc(8)],
    ]);
    const pairs = await pairsOf(images);
    expect(await pairs.orderBySize(['wide', 'broken', 'tall', 'wide and larger', 'lost'])).toEqual([0, 3, 1, 4, 2]);
  });

  it('are grouped by a transfer, which returns its targets in their original order', async () => {
    const images = new Map([
      ['wide', await png(96, 48)],
      ['tall', await png(48, 96)],
      ['wider', await png(192, 96)],
    ]);
    const order: string[] = [];
    const frame = (imageId: string) => ({ imageId, layers: [] });
    const request: TransferRequest = {
      kind: 'transfer',
      backend: 'ui',
      source: frame('wide'),
      targets: ['wide', 'tall', 'wider'].map((imageId) => ({ targetId: `to ${imageId}`, frame: frame(imageId) })),
      items: [{ kind: 'point', itemId: 'p', point: { x: 18, y: 16 } }],
    };
    const progress = new ProgressReporter(() => {});
    const options = { refines: false, keepsGoing: false };
    const { result } = await runTransfer(request, await pairsOf(images, order), progress, options);
    expect(order).toEqual(['wide', 'wide', 'wider', 'tall']);
    expect(result).toMatchObject({
      targets: [{ targetId: 'to wide' }, { targetId: 'to tall' }, { targetId: 'to wider' }],
    });
  });
});
