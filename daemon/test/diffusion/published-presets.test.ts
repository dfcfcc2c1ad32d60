import { describe, expect, it } from 'vitest';
import { presetsOf } from '../../src/diffusion/plan/feature-plan.js';
import { PRESETS } from '../../src/diffusion/presets.js';

/**
 * What the public code of each method runs with, written down from there and not from our table:
 * - Tsingularity/dift, README ("Get Benchmark Evaluation Results"), eval_spair.py, eval_hpatches.py, eval_homography.py,
 *   eval_davis.py, edit_propagation.ipynb, src/models/{dift_sd,dift_adm,clip,dino}.py
 * - CompVis/cleandift, notebooks/get_correspondences.ipynb, src/ae.py
 * - Junyi42/sd-dino and its descendants, preprocess_map.py: layer 11 of DINOv2 ViT-B/14 at 840 pixels
 */
const SPAIR = { kind: 'nearest-pixel' };
const HPATCHES = { kind: 'homography', keypoints: 1000, thresholdPx: 3 };
const DAVIS = { kind: 'label-propagation', radiusCells: 15, queueFrames: 28, drawnCellPx: 8 };
const EDIT = { kind: 'edit-propagation', points: 1000, estimator: 'ransac', thresholdPx: 5 };
const SQUARE = { fit: 'squash', width: 768, height: 768 };
const FRAME = { fit: 'short-side', px: 480, multiple: 32 };
const SD = { network: 'sd-unet', latentMode: 'sample', ensembleSize: 8, similarity: 'cosine' };
const ADM = { network: 'adm', prompt: '' };
const CATEGORY = 'a photo of a {category}';

const PUBLISHED: Record<string, object> = {
  'sd21 semantic': { ...SD, size: SQUARE, t: 261, upFtIndex: 1, prompt: CATEGORY, matching: SPAIR },
  'sd21 geometric': {
    ...SD,
    size: SQUARE,
    t: 0,
    upFtIndex: 2,
    prompt: '',
    matching: { ...HPATCHES, estimator: 'lmeds' },
  },
  'sd21 video': {
    ...SD,
    size: FRAME,
    t: 51,
    upFtIndex: 2,
    prompt: '',
    matching: { ...DAVIS, temperature: 0.2, topK: 15 },
  },
  'sd21 edit': { ...SD, size: SQUARE, t: 261, upFtIndex: 1, prompt: CATEGORY, matching: EDIT },
  // extract_dift.py takes any Stable Diffusion with the settings of 2.1
  'sd15 semantic': { ...SD, size: SQUARE, t: 261, upFtIndex: 1, prompt: CATEGORY, matching: SPAIR },
  'adm semantic': {
    ...ADM,
    ...{
      size: { fit: 'squash', width: 512, height: 512 },
      t: 101,
      upFtIndex: 4,
      ensembleSize: 8,
      similarity: 'cosine',
    },
    matching: SPAIR,
  },
  'adm geometric': {
    ...ADM,
    ...{ size: SQUARE, t: 41, upFtIndex: 11, ensembleSize: 4, similarity: 'l2' },
    matching: { ...HPATCHES, estimator: 'ransac' },
  },
  'adm video': {
    ...ADM,
    ...{ size: FRAME, t: 51, upFtIndex: 7, ensembleSize: 4, similarity: 'cosine' },
    matching: { ...DAVIS, temperature: 0.1, topK: 10 },
  },
  'cleandift-sd21 semantic': {
    ...{ network: 'cleandift', latentMode: 'sample', ensembleSize: 1, similarity: 'cosine' },
    ...{ size: SQUARE, t: 261, upFtIndex: 1, prompt: 'A photo of a {category}', matching: SPAIR },
  },
  'dinov2-b semantic': {
    network: 'vit',
    size: { width: 840, height: 840 },
    feature: { finalNorm: false },
    matching: SPAIR,
  },
  'dinov2-s semantic': {
    network: 'vit',
    size: { width: 840, height: 840 },
    feature: { finalNorm: false },
    matching: SPAIR,
  },
  // tokens, through the last LayerNorm as facebookresearch/dino's get_intermediate_layers gives them
  'dino-vitb8 semantic': {
    network: 'vit',
    feature: { layer: 9, finalNorm: true, interpolation: { antialias: false, offset: 0.1 } },
    matching: SPAIR,
  },
  // tokens of a block, before ln_post
  'openclip semantic': {
    network: 'vit',
    feature: { finalNorm: false, interpolation: { antialias: false, offset: 0.1 } },
    matching: SPAIR,
  },
};

const preset = (name: string) => PRESETS.find((row) => `${row.backend} ${row.name}` === name);

describe('the published presets', () => {
  it.each(Object.entries(PUBLISHED))('%s is as published', (name, settings) => {
    expect(preset(name)).toMatchObject(settings);
    expect(preset(name)?.refinement).toBe(false);
  });

  it('are all presets except the defaults and those of the embedded network', () => {
    const others = PRESETS.filter(({ backend, name }) => name !== 'default' && backend !== 'ui');
    expect(others.map(({ backend, name }) => `${backend} ${name}`).sort()).toEqual(Object.keys(PUBLISHED).sort());
  });

  it('use other features of DINO and OpenCLIP than our defaults', () => {
    const [dino, openclip] = [presetsOf('dino-vitb8'), presetsOf('openclip')];
    expect(dino[0]).toMatchObject({ name: 'default', feature: { layer: 9, facet: 'key' } });
    expect(dino[1]).not.toHaveProperty('feature.facet');
    // without a word on it, the last block passes ln_post
    expect(openclip[0]).not.toHaveProperty('feature.finalNorm');
  });

  it('sample their latents, and our defaults use the mean', () => {
    const latents = PRESETS.filter(({ network }) => network === 'sd-unet' || network === 'cleandift');
    for (const row of latents)
      expect([row.backend, row.name, row]).toMatchObject([
        row.backend,
        row.name,
        { latentMode: row.name === 'default' ? 'mean' : 'sample' },
      ]);
  });
});
