import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isBackend, listBackends, parseBackend } from '../../src/diffusion/plan/backends.js';
import {
  type FeatureChoice,
  levelSettings,
  planFeatures,
  planTask,
  presetsOf,
  resolvePresets,
} from '../../src/diffusion/plan/feature-plan.js';
import { BACKEND_IDS, PRESETS } from '../../src/diffusion/presets.js';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { modelEnvironment } from '../../src/models/model-environment.js';

const empty = mkdtempSync(join(tmpdir(), 'samepoint-plan-'));
const NOTHING_HERE = modelEnvironment({ HF_HOME: empty, SAMEPOINT_STATE_DIR: empty });

describe('the presets', () => {
  const published = (backend: string, name: string) => presetsOf(backend).find((preset) => preset.name === name);

  it.each([
    ['semantic', 'sd21', 'pil-bicubic'],
    ['geometric', 'sd21', 'pil-bicubic'],
    ['edit', 'sd21', 'pil-bicubic'],
    ['video', 'sd21', 'opencv-bilinear'],
    ['semantic', 'adm', 'pil-bicubic'],
    ['geometric', 'adm', 'pil-bicubic'],
    ['video', 'adm', 'opencv-bilinear'],
    ['semantic', 'cleandift-sd21', 'pil-bicubic'],
    // Zhang et al., 2023
    ['semantic', 'dinov2-b', 'lanczos'],
    ['semantic', 'dinov2-s', 'lanczos'],
  ])('for %s of %s resize images by %s, as published', (name, backend, resampling) => {
    expect(published(backend, name)?.resampling).toBe(resampling);
  });

  it('exist for the embedded model and every backend of the catalogue, the default first', () => {
    const models = CATALOGUE.map(({ id }) => id).filter((id) => id !== 'taesd');
    expect([...BACKEND_IDS].sort()).toEqual(['ui', ...models].sort());
    for (const backend of BACKEND_IDS) expect(presetsOf(backend)[0]?.name).toBe('default');
  });

  it('have unique names per backend', () => {
    const names = PRESETS.map(({ backend, name }) => `${backend} ${name}`);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the backend syntax', () => {
  it.each([
    ['sd21', [['sd21', 1]]],
    [
      'fuse(sd21,dinov2-b)',
      [
        ['sd21', 1],
        ['dinov2-b', 1],
      ],
    ],
    [
      'fuse(sd21:0.5, dinov2-b:.5, ui)',
      [
        ['sd21', 0.5],
        ['dinov2-b', 0.5],
        ['ui', 1],
      ],
    ],
  ])('accepts %s', (text, parts) => {
    expect(parseBackend(text).map(({ backend, weight }) => [backend, weight])).toEqual(parts);
    expect(isBackend(text)).toBe(true);
  });

  it.each([
    '',
    'sd99',
    'taesd',
    'fuse()',
    'fuse(ui)',
    'fuse(ui,ui)',
    'fuse(ui,sd99)',
    'fuse(ui:0,sd21)',
    'fuse(ui:-1,sd21)',
    'fuse(fuse(ui,sd21),adm)',
    'fuse(ui,sd21,sd15,adm,dinov2-b)',
  ])('rejects "%s"', (text) => {
    expect(() => parseBackend(text)).toThrow(expect.objectContaining({ code: 'BACKEND_UNKNOWN' }));
    expect(isBackend(text)).toBe(false);
  });
});

describe('a plan', () => {
  it('counts the encoder and every pass of every level', () => {
    expect(planFeatures({ backend: 'ui' }).steps).toBe(6);
    expect(resolvePresets({ backend: 'sd21', preset: 'semantic' })).toMatchObject([{ preset: { ensembleSize: 8 } }]);
  });

  it('takes resampling and noise from preset and seed', () => {
    const [preset] = presetsOf('adm').filter(({ name }) => name === 'video');
    if (preset === undefined) throw new TypeError('ADM has a preset for videos');
    const part = { preset, weight: 1, files: new Map(), weightsId: '', prompt: '', seed: 5, downscaleSteps: 0 };
    expect(levelSettings(part)).toEqual({ t: 51, ensembleSize: 4, seed: 5, resampling: 'opencv-bilinear' });
  });

  it('uses the preset in the parts of a fusion that have it', () => {
    expect(resolvePresets({ backend: 'fuse(sd21,openclip)', preset: 'edit' })).toMatchObject([
      { preset: { backend: 'sd21', name: 'edit' } },
      { preset: { backend: 'openclip', name: 'default' } },
    ]);
  });

  it('fails if no part has the preset, or a model is missing', () => {
    expect(() => resolvePresets({ backend: 'fuse(ui,openclip)', preset: 'geometric' })).toThrow(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    );
    expect(() => planFeatures({ backend: 'sd21' }, NOTHING_HERE)).toThrow(
      expect.objectContaining({ code: 'MODEL_MISSING', hint: 'Run: samepoint models pull sd21' }),
    );
  });
});

describe('custom settings', () => {
  const presetOf = (choice: FeatureChoice) => resolvePresets(choice)[0]?.preset;

  it('override the latent mode of the preset, which defaults to the mean', () => {
    expect(presetOf({ backend: 'sd21', preset: 'semantic' })).toMatchObject({ latentMode: 'sample' });
    expect(presetOf({ backend: 'sd21', preset: 'semantic', latentMode: 'mean' })).toMatchObject({ latentMode: 'mean' });
  });

  it('keep the facet of the preset for another layer', () => {
    const preset = presetOf({ backend: 'dino-vitb8', preset: 'semantic', upFtIndex: 7 });
    expect(preset).toMatchObject({ feature: { layer: 7, finalNorm: true } });
  });
});

describe('the text condition', () => {
  /** Every file of every model is registered, and is the same empty one. */
  const registered = () => {
    const at = mkdtempSync(join(tmpdir(), 'samepoint-plan-'));
    const file = join(at, 'file');
    writeFileSync(file, '');
    const added = CATALOGUE.map(({ id, files }) => [id, Object.fromEntries(files.map(({ name }) => [name, file]))]);
    writeFileSync(
      join(at, 'models.json'),
      JSON.stringify({ version: 1, pins: {}, added: Object.fromEntries(added), pulled: [] }),
    );
    return modelEnvironment({ HF_HOME: at, SAMEPOINT_STATE_DIR: at });
  };
  const promptOf = (choice: FeatureChoice) => planFeatures(choice, registered()).parts[0]?.prompt;

  it.each([
    ['sd21', 'semantic', 'a photo of a pottedplant'],
    ['sd21', 'edit', 'a photo of a pottedplant'],
    ['cleandift-sd21', 'semantic', 'A photo of a pottedplant'],
    ['cleandift-sd21', 'default', 'A photo of a pottedplant'],
    ['sd21', 'geometric', ''],
  ])('of %s %s is "%s" with a category, and empty without', (backend, preset, prompt) => {
    expect(promptOf({ backend, preset, category: 'pottedplant' })).toBe(prompt);
    expect(promptOf({ backend, preset })).toBe('');
    expect(promptOf({ backend, preset, category: 'pottedplant', prompt: 'a drawing' })).toBe('a drawing');
  });
});

describe('the plan for a task', () => {
  it.each([
    ['video', undefined, 'video'],
    ['geometric', undefined, 'default'],
    ['video', 'default', 'default'],
  ] as const)('%s with the preset %s uses %s', (task, preset, taken) => {
    const { parts } = planTask(task, { backend: 'ui', preset });
    expect(parts.map((part) => part.preset.name)).toEqual([taken]);
  });
});

describe('the list of backends', () => {
  it('has the embedded backend first and reports the others as missing', () => {
    const [first, ...others] = listBackends(NOTHING_HERE);
    expect(first).toMatchObject({ id: 'ui', state: 'embedded' });
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(['missing']));
  });
});
