import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import type { FeatureChoice } from '../../src/diffusion/plan/feature-plan.js';
import { EvalFeatures } from '../../src/eval/eval-features.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { useTempFolder } from '../support/temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

const folder = useTempFolder();
const sd = (): FeatureChoice => {
  return { checkpoint: folder.path('sd'), network: 'sd-unet', t: 261, upFtIndex: 1, size: 64 };
};
const identity = (choice: FeatureChoice, blocks?: readonly number[]) =>
  JSON.stringify(new EvalFeatures(choice, new FeatureSource(), blocks).identity(CPU_RUNTIME));

beforeAll(() => {
  for (const copy of ['sd', 'other']) {
    cpSync(`${FIXTURES}/sd/sd2/unet`, `${folder.path(copy)}/unet`, { recursive: true });
    cpSync(`${FIXTURES}/sd/vae`, `${folder.path(copy)}/vae`, { recursive: true });
  }
});

describe('features are distinguished', () => {
  it.each<[string, Partial<FeatureChoice>]>([
    ['timestep', { t: 101 }],
    ['block', { upFtIndex: 2 }],
    ['ensemble', { ensembleSize: 2 }],
    ['size', { size: 128 }],
    ['seed', { seed: 1 }],
    ['latent', { latentMode: 'sample' }],
    ['prompt', { prompt: 'a cat' }],
  ])('by their %s', (_, change) => {
    expect(identity({ ...sd(), ...change })).not.toBe(identity(sd()));
  });

  it('by their checkpoint', () => {
    expect(identity({ ...sd(), checkpoint: folder.path('other') })).not.toBe(identity(sd()));
  });

  it('not by the other values of a sweep', () => {
    expect(identity(sd(), [0, 1, 2])).toBe(identity(sd()));
  });
});

it('the blocks of a sweep share their passes', async () => {
  const source = new FeatureSource();
  const pyramid = vi.spyOn(source, 'pyramid');
  const choice = { checkpoint: `${FIXTURES}/adm/official`, network: 'adm', t: 41, upFtIndex: 1, size: 32 } as const;
  await new EvalFeatures(choice, source, [1, 3]).pyramid(`${FIXTURES}/official/images/24x16.png`);
  expect(pyramid.mock.lastCall?.[2].parts).toMatchObject([{ sharedBlocks: [1, 3] }]);
  await source.release();
});
