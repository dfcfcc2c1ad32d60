import { describe, expect, it } from 'vitest';
import { type FeatureOrigin, featureKey } from '../../src/diffusion/cache/feature-key.js';
import type { PlanPart } from '../../src/diffusion/plan/feature-plan.js';
import type { DiffusionPreset, VitChoice, VitPreset } from '../../src/diffusion/presets.js';
import type { GraphTarget } from '../../src/graph/runtime/runtime.js';

const PRESET: DiffusionPreset = {
  backend: 'sd21',
  name: 'semantic',
  network: 'sd-unet',
  size: { fit: 'squash', width: 768, height: 768, multiple: 64 },
  resampling: 'pil-bicubic',
  similarity: 'cosine',
  refinement: false,
  t: 261,
  upFtIndex: 1,
  ensembleSize: 8,
  prompt: 'a photo of a {category}',
};
const PART: PlanPart = {
  preset: PRESET,
  weight: 1,
  files: new Map(),
  weightsId: 'weights',
  prompt: 'a photo of a cat',
  seed: 0,
  downscaleSteps: 0,
};
const ORIGIN: FeatureOrigin = {
  imageId: 'image',
  part: PART,
  level: 0,
  target: { provider: 'cpu', precision: 'float32' },
};

/** One other value for every field; undefined if the features do not depend on it. */
type Others<T> = { [Field in keyof T]-?: T[Field] | undefined };

const ORIGINS: Others<Omit<FeatureOrigin, 'part' | 'target'>> = { imageId: 'another', level: 1 };
const TARGETS: Others<GraphTarget> = { provider: 'cuda', precision: 'float16' };
const PARTS: Others<Omit<PlanPart, 'preset'>> = {
  // in a fusion, features are weighted after they were read
  weight: undefined,
  // the weights' identity stands for them
  files: undefined,
  checkpoint: undefined,
  weightsId: 'other weights',
  prompt: 'a photo of a dog',
  seed: 1,
  downscaleSteps: 1,
  // each block of a pass has a key of its own
  sharedBlocks: undefined,
};
const PRESETS: Others<DiffusionPreset> = {
  // what is done with the features
  name: undefined,
  similarity: undefined,
  refinement: undefined,
  matching: undefined,
  custom: undefined,
  // the part has the words that come of it
  prompt: undefined,
  backend: 'sd15',
  network: 'cleandift',
  size: { fit: 'squash', width: 768, height: 512, multiple: 64 },
  resampling: 'lanczos',
  t: 101,
  upFtIndex: 2,
  ensembleSize: 2,
  latentMode: 'sample',
  ignoreLearnedT: true,
};
const VIT: VitPreset = {
  backend: 'dino-vitb8',
  name: 'default',
  network: 'vit',
  size: PRESET.size,
  resampling: PRESET.resampling,
  similarity: 'cosine',
  refinement: false,
  feature: { layer: 9, facet: 'key' },
};
const FEATURES: Others<VitChoice> = {
  layer: 10,
  facet: 'token',
  finalNorm: false,
  interpolation: { antialias: false, offset: 0.1 },
};

const changes = <T extends object>(others: T, apply: (change: Partial<T>) => FeatureOrigin) =>
  Object.entries(others)
    .filter(([, other]) => other !== undefined)
    .map(([field, other]) => [field, apply({ [field]: other } as Partial<T>)] as const);

describe('the key of a feature map', () => {
  it.each([
    ...changes(ORIGINS, (change) => ({ ...ORIGIN, ...change }) as FeatureOrigin),
    ...changes(TARGETS, (change) => ({ ...ORIGIN, target: { ...ORIGIN.target, ...change } as GraphTarget })),
    ...changes(PARTS, (change) => ({ ...ORIGIN, part: { ...PART, ...change } as PlanPart })),
    ...changes(PRESETS, (change) => ({
      ...ORIGIN,
      part: { ...PART, preset: { ...PRESET, ...change } as DiffusionPreset },
    })),
  ])('depends on %s', (_, other) => {
    expect(featureKey(other)).not.toBe(featureKey(ORIGIN));
  });

  it.each(Object.entries(FEATURES))('depends on %s of a vision transformer', (field, other) => {
    const keyOf = (feature: VitChoice) => featureKey({ ...ORIGIN, part: { ...PART, preset: { ...VIT, feature } } });
    expect(keyOf({ ...VIT.feature, [field]: other })).not.toBe(keyOf(VIT.feature));
  });

  it('distinguishes windows from each other and from the whole image', () => {
    const windows = [0, { x: 0, y: 0, w: 8, h: 8 }, { x: 8, y: 0, w: 8, h: 8 }, { x: 0, y: 8, w: 8, h: 8 }];
    const sizes = [
      { x: 0, y: 0, w: 9, h: 8 },
      { x: 0, y: 0, w: 8, h: 9 },
    ];
    const keys = [...windows, ...sizes].map((level) => featureKey({ ...ORIGIN, level }));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each([
    ['weight in a fusion', { ...PART, weight: 0.5 }],
    ['name of the preset', { ...PART, preset: { ...PRESET, name: 'edit' as const } }],
    ['matching', { ...PART, preset: { ...PRESET, similarity: 'l2' as const, refinement: true } }],
  ])('does not depend on %s', (_, part) => {
    expect(featureKey({ ...ORIGIN, part })).toBe(featureKey(ORIGIN));
  });
});
