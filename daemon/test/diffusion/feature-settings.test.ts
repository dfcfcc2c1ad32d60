import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isCalibrated } from '../../src/correspond/match-settings.js';
import { featureKey } from '../../src/diffusion/cache/feature-key.js';
import { levelSize } from '../../src/diffusion/input-size.js';
import { fillMissingParts, requireFile } from '../../src/diffusion/networks/model-files.js';
import { checkPlan } from '../../src/diffusion/networks/network-limits.js';
import {
  type FeatureChoice,
  type PlanPart,
  planFeatures,
  resolvePresets,
} from '../../src/diffusion/plan/feature-plan.js';
import { PRESETS, type Preset } from '../../src/diffusion/presets.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { useTempFolder } from '../support/temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const ADM = `${FIXTURES}/adm/official`;
const VIT = `${FIXTURES}/vit/dinov2`;

const folder = useTempFolder();
const SD = () => folder.path('sd');
/** The same with TAESD in the place of the VAE. */
const TINY = () => folder.path('tiny');

beforeAll(() => {
  cpSync(`${FIXTURES}/sd/sd2/unet`, `${SD()}/unet`, { recursive: true });
  cpSync(`${FIXTURES}/sd/vae`, `${SD()}/vae`, { recursive: true });
  cpSync(`${FIXTURES}/sd/sd2/unet`, `${TINY()}/unet`, { recursive: true });
  cpSync(`${FIXTURES}/sd/taesd`, `${TINY()}/vae`, { recursive: true });
});

const table = (backend: string, name = 'default') => {
  const found = PRESETS.find((preset) => preset.backend === backend && preset.name === name);
  if (found === undefined) throw new Error(`${backend} has no ${name}`);
  return found;
};
const presetOf = (choice: FeatureChoice) => resolvePresets(choice)[0]?.preset;
const refusal = (choice: FeatureChoice) => {
  try {
    resolvePresets(choice);
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'BAD_REQUEST', message: expect.stringMatching(message) });

describe('a custom setting', () => {
  it.each<[string, FeatureChoice, object]>([
    ['t', { backend: 'sd21', t: 101 }, { ...table('sd21'), t: 101 }],
    ['a block', { backend: 'sd21', upFtIndex: 2 }, { ...table('sd21'), upFtIndex: 2 }],
    ['the ensemble', { backend: 'adm', ensembleSize: 1 }, { ...table('adm'), ensembleSize: 1 }],
    ['the largest ensemble', { backend: 'adm', ensembleSize: 64 }, { ...table('adm'), ensembleSize: 64 }],
    ['the latent', { backend: 'sd15', latentMode: 'sample' }, { ...table('sd15'), latentMode: 'sample' }],
    [
      'a layer, whose facet stays',
      { backend: 'dino-vitb8', upFtIndex: 5 },
      { ...table('dino-vitb8'), feature: { layer: 5, facet: 'key' } },
    ],
    [
      'several, over a preset that is named',
      { backend: 'adm', preset: 'geometric', t: 0, upFtIndex: 3 },
      { ...table('adm', 'geometric'), t: 0, upFtIndex: 3 },
    ],
    [
      "t of CleanDIFT, before the checkpoint's own",
      { backend: 'cleandift-sd21', t: 7 },
      { ...table('cleandift-sd21'), t: 7, ignoreLearnedT: true },
    ],
  ])('overrides the preset: %s', (_, choice, preset) => {
    expect(presetOf(choice)).toEqual({ ...preset, custom: true });
  });

  it.each<[string, FeatureChoice, Preset['size']]>([
    [
      'a square',
      { backend: 'sd21', preset: 'semantic', size: 512 },
      { fit: 'squash', width: 512, height: 512, multiple: 64 },
    ],
    ['the image’s proportions', { backend: 'sd21', size: 512 }, { fit: 'bucket', side: 512, multiple: 64 }],
    ['also where its multiple is another', { backend: 'sd21', size: 480 }, { fit: 'bucket', side: 480, multiple: 32 }],
    ['the shorter side', { backend: 'sd21', preset: 'video', size: 240 }, { fit: 'short-side', px: 240, multiple: 16 }],
    [
      'one level of the embedded network',
      { backend: 'ui', size: 640 },
      { fit: 'long-sides', px: [640], basePx: 640, multiple: 32 },
    ],
    [
      'exactly this',
      { backend: 'dinov2-b', size: { width: 224, height: 448 } },
      { fit: 'squash', width: 224, height: 448, multiple: 14 },
    ],
  ])('keeps the aspect ratio policy of the preset: %s', (_, choice, size) => {
    expect(presetOf(choice)?.size).toEqual(size);
  });

  it('applies to every part of a fusion that supports it', () => {
    const [sd, vit] = resolvePresets({ backend: 'fuse(sd21,dinov2-b)', t: 51, ensembleSize: 4 });
    expect(sd?.preset).toMatchObject({ t: 51, ensembleSize: 4, custom: true });
    expect(vit?.preset).toEqual(table('dinov2-b'));
    const [a, b] = resolvePresets({ backend: 'fuse(sd21,dinov2-b)', size: 448 });
    expect([a?.preset.size, b?.preset.size]).toEqual([
      { fit: 'bucket', side: 448, multiple: 64 },
      { fit: 'bucket', side: 448, multiple: 14 },
    ]);
  });

  it('disables the preset’s calibrated confidence', () => {
    const presets = (choice: FeatureChoice) => resolvePresets(choice).map(({ preset }) => preset);
    expect(isCalibrated(presets({ backend: 'ui' }))).toBe(true);
    expect(isCalibrated(presets({ backend: 'ui', size: 512 }))).toBe(false);
  });

  it.each<[string, FeatureChoice, RegExp]>([
    ['--t', { backend: 'sd21', t: 1000 }, /^--t cannot be 1000\.$/],
    ['--t', { backend: 'adm', t: -1 }, /^--t cannot be -1\.$/],
    ['--t', { backend: 'adm', t: 0.5 }, /^--t cannot be 0\.5\.$/],
    ['--ensemble', { backend: 'adm', ensembleSize: 0 }, /^--ensemble cannot be 0\.$/],
    ['--ensemble', { backend: 'sd21', ensembleSize: 65 }, /^--ensemble cannot be 65\.$/],
    ['--up-ft-index', { backend: 'adm', upFtIndex: -1 }, /^--up-ft-index cannot be -1\.$/],
    ['--seed', { backend: 'adm', seed: 2 ** 60 }, /^--seed cannot be/],
    ['--size', { backend: 'ui', size: 0 }, /^--size cannot be 0\.$/],
    ['--size', { backend: 'ui', size: { width: 64, height: 5000 } }, /^--size cannot be 5000\.$/],
  ])('is rejected out of range: %s in %j', (_, choice, message) => {
    expect(refusal(choice)).toEqual(refused(message));
  });

  it.each<[string, FeatureChoice, RegExp]>([
    ['--t', { backend: 'dinov2-b', t: 1 }, /dinov2-b has no timestep/],
    ['--t', { backend: 'ui', t: 1 }, /ui has no timestep/],
    ['--up-ft-index', { backend: 'ui', upFtIndex: 1 }, /ui cannot be cut after a block/],
    ['--ensemble', { backend: 'cleandift-sd21', ensembleSize: 2 }, /cleandift-sd21 adds no noise/],
    ['--ensemble', { backend: 'openclip', ensembleSize: 2 }, /openclip adds no noise/],
    ['--seed', { backend: 'ui', seed: 1 }, /ui uses no random numbers/],
    ['--seed', { backend: 'cleandift-sd21', seed: 1, latentMode: 'mean' }, /cleandift-sd21 uses no random numbers/],
    ['--latent-mode', { backend: 'adm', latentMode: 'sample' }, /adm has no VAE/],
    ['--prompt', { backend: 'adm', prompt: 'a cat' }, /adm takes no text/],
    ['--t', { backend: 'fuse(ui,dinov2-b)', t: 1 }, /fuse\(ui,dinov2-b\) has no timestep/],
  ])('is rejected if no network supports it: %s in %j', (option, choice, message) => {
    expect(refusal(choice)).toEqual(refused(message));
    expect(refusal(choice)).toEqual(refused(new RegExp(`^${option} has no effect`)));
  });

  it('is accepted if only the latent is sampled', () => {
    expect(refusal({ backend: 'cleandift-sd21', seed: 1, latentMode: 'sample' })).toBeUndefined();
  });

  it('is rejected for blocks of a fusion, which are numbered differently', () => {
    expect(refusal({ backend: 'fuse(sd21,dinov2-b)', upFtIndex: 1 })).toEqual(refused(/^--up-ft-index is ambiguous/));
    expect(presetOf({ backend: 'fuse(sd21,ui)', upFtIndex: 2 })).toMatchObject({ upFtIndex: 2 });
  });
});

describe('a checkpoint', () => {
  const bare = { checkpoint: ADM, network: 'adm', t: 101, upFtIndex: 1, size: 32 } as const;

  it('without a backend runs with the given settings', () => {
    const [part, ...others] = planFeatures(bare).parts;
    expect(others).toEqual([]);
    expect(part?.preset).toMatchObject({ t: 101, upFtIndex: 1, ensembleSize: 1, size: { width: 32, height: 32 } });
    expect(part).toMatchObject({ checkpoint: ADM, prompt: '', seed: 0 });
    expect([...(part?.files.keys() ?? [])]).toContain('model.pt');
  });

  it('without a backend is downscaled to multiples of 64 px, where the size is one', () => {
    const sizeAt = (size: number) => planFeatures({ ...bare, size }).parts[0]?.preset.size;
    expect(sizeAt(128)).toEqual({ fit: 'squash', width: 128, height: 128, multiple: 64 });
    expect(sizeAt(96)).toEqual({ fit: 'squash', width: 96, height: 96, multiple: 32 });
  });

  it.each([
    [448, 224],
    [518, 266],
    [384, 192],
  ])('of a ViT without a backend, at %i px, is downscaled to %i px, whole patches of 14 or 16', (size, half) => {
    const [part] = planFeatures({ checkpoint: VIT, network: 'vit', size }).parts;
    if (part === undefined) throw new Error('one checkpoint, one part');
    const { scaled } = levelSize(part.preset.size, 0, { width: 100, height: 100 }, 1);
    expect(scaled).toEqual({ width: half, height: half });
  });

  it('of CleanDIFT without a learned timestep runs at the one that its training started from', () => {
    const [part] = planFeatures({ checkpoint: SD(), network: 'cleandift', upFtIndex: 1, size: 64 }).parts;
    expect(part?.preset).toMatchObject({ network: 'cleandift', t: 261 });
  });

  it('with a backend uses its preset and missing parts, but no other weights', () => {
    mkdirSync(folder.path('lone'), { recursive: true });
    writeFileSync(folder.path('lone/config.json'), '{}');
    const [shipped] = planFeatures({ backend: 'ui' }).parts;
    const [part] = planFeatures({ backend: 'ui', checkpoint: folder.path('lone') }).parts;
    expect(part?.preset).toEqual({ ...table('ui'), custom: true });
    expect(part?.files.get('config.json')).toBe(folder.path('lone/config.json'));
    expect(part?.files.get('elements.json')).toBe(shipped?.files.get('elements.json'));
    expect(part?.files.has('model.safetensors')).toBe(false);
    expect(part?.weightsId).not.toBe(shipped?.weightsId);
  });

  it.each<[string, string[], string[], string[]]>([
    ['a file, from a folder', ['model.safetensors'], ['vae/w.bin', 'config.json'], ['vae/w.bin', 'config.json']],
    ['a folder, from a folder', ['unet/w.bin'], ['unet/w.safetensors', 'vae/w.bin'], ['vae/w.bin']],
    ['a folder, from a file', ['unet/w.bin'], ['model.safetensors', 'tokenizer/vocab.json'], ['tokenizer/vocab.json']],
    ['a file, from a file', ['model.safetensors'], ['model.pt', 'open_clip_model.safetensors'], []],
  ])('is completed with missing parts, but no conflicting weights: %s', (_, own, fallback, taken) => {
    const files = (from: string, names: string[]) => new Map(names.map((name) => [name, `${from}/${name}`]));
    const whole = fillMissingParts(files('own', own), files('fallback', fallback));
    const expected = [...taken.map((name) => `fallback/${name}`), ...own.map((name) => `own/${name}`)];
    expect([...whole.values()].sort()).toEqual(expected.sort());
  });

  it.each<[string, FeatureChoice, RegExp]>([
    ['no network at all', {}, /^No network is given/],
    ['a checkpoint of an unnamed network', { checkpoint: ADM, t: 1 }, /^The network of .* is not given/],
    [
      'a network without a checkpoint',
      { backend: 'adm', network: 'adm' },
      /^--network describes a checkpoint, and none is given/,
    ],
    ['a network that is named twice', { ...bare, backend: 'adm' }, /^--backend adm already determines the network/],
    ['a preset of no backend', { ...bare, preset: 'video' }, /^--preset needs a backend/],
    ['one checkpoint for a fusion', { backend: 'fuse(ui,adm)', checkpoint: ADM }, /has several networks/],
    ['no timestep', { ...bare, t: undefined }, /^--t is required: no preset defines it for official/],
    ['no block', { ...bare, upFtIndex: undefined }, /^--up-ft-index is required/],
    ['no size', { checkpoint: VIT, network: 'vit' }, /^--size is required: no preset defines it for dinov2/],
  ])('is rejected with an explanation: %s', (_, choice, message) => {
    expect(refusal(choice)).toEqual(refused(message));
  });
});

describe('a folder without weights is rejected with the accepted formats', () => {
  it.each<[string, 'vit' | 'adm' | 'sd-unet', string[], string]>([
    ['nothing', 'vit', [], 'is empty'],
    ['a text', 'vit', ['readme.txt'], 'has no model.safetensors or open_clip_model.safetensors, nor'],
    ['weights of another part', 'sd-unet', ['vae/weights.bin'], 'has no model.safetensors or unet/diffusion_'],
    ['a configuration', 'adm', ['configs/config.json'], 'has no model.safetensors or model.pt, nor'],
  ])('with %s in it, for %s', (what, network, names, reason) => {
    const at = folder.path(what);
    mkdirSync(at);
    for (const name of names) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), '{}');
    }
    expect(refusal({ checkpoint: at, network, t: 1, upFtIndex: 1, size: 32 })).toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining(`${at} ${reason}`),
      hint: expect.stringContaining('(.safetensors, .bin, .ckpt, .pth, .pt)'),
    });
  });

  it("the checkpoint's own, where the rest is a backend's", () => {
    const at = folder.path('without-weights');
    mkdirSync(at);
    writeFileSync(join(at, 'config.json'), '{"_class_name": "UNet2DModel"}');
    const [part] = planFeatures({ backend: 'ui', checkpoint: at }).parts;
    const reason = 'has no model.safetensors, nor these weights in another format; it is a UNet2DModel.';
    expect(() => requireFile(part?.files ?? new Map(), 'model.safetensors')).toThrowError(`${at} ${reason}`);
  });
});

describe('settings are checked against the checkpoint before loading', () => {
  const check = (choice: FeatureChoice) => () => checkPlan(planFeatures(choice), choice);
  const sd = () => ({ checkpoint: SD(), network: 'sd-unet', t: 1, upFtIndex: 3, size: 64 }) as const;
  const adm = { checkpoint: ADM, network: 'adm', t: 1, upFtIndex: 5, size: 32 } as const;
  const vit = { checkpoint: VIT, network: 'vit', size: 28, upFtIndex: 2 } as const;

  it('accepts supported settings', () => {
    for (const choice of [sd(), adm, vit, { backend: 'ui', size: 320 }]) expect(check(choice)).not.toThrow();
  });

  it.each<[string, () => FeatureChoice, RegExp]>([
    ['a block', () => ({ ...sd(), upFtIndex: 4 }), /has up blocks 0 to 3; there is no 4\.$/],
    ['a block', () => ({ ...adm, upFtIndex: 6 }), /has output blocks 0 to 5; there is no 6\.$/],
    ['a block', () => ({ ...vit, upFtIndex: 3 }), /has layers 0 to 2; there is no 3\.$/],
    ['a size', () => ({ ...sd(), size: { width: 64, height: 60 } }), /multiples of 8 px, not 60\.$/],
    ['a size', () => ({ ...adm, size: 30 }), /multiples of 4 px, not 30\.$/],
    ['a size', () => ({ ...vit, size: 32 }), /multiples of 14 px, not 32\.$/],
    ['a size', () => ({ backend: 'ui', size: 500 }), /multiples of 32 px, not 500\.$/],
  ])('rejects unsupported settings: %s %#', (_, choice, message) => {
    expect(check(choice())).toThrow(refused(message));
  });

  it('suggests the nearest supported sizes', () => {
    expect(check({ ...vit, size: 32 })).toThrow(expect.objectContaining({ hint: 'Try --size 28 or 42.' }));
    expect(check({ ...vit, size: 3 })).toThrow(expect.objectContaining({ hint: 'Try --size 14.' }));
  });
});

describe('a custom sample of the latent', () => {
  const choice = (checkpoint: string, change: FeatureChoice = {}) => ({
    backend: 'sd21',
    checkpoint,
    size: 64,
    ...change,
  });
  const check = (chosen: FeatureChoice) => () => checkPlan(planFeatures(chosen), chosen);

  it('is rejected with TAESD, whose latent is fixed, and accepted with a VAE', () => {
    const sample = { latentMode: 'sample' } as const;
    expect(check(choice(TINY(), sample))).toThrow(refused(/^--latent-mode sample has no effect: sd21 uses TAESD,/));
    expect(check(choice(TINY(), { ...sample, backend: 'cleandift-sd21' }))).toThrow(refused(/cleandift-sd21/));
    expect(check(choice(SD(), sample))).not.toThrow();
  });

  it('is accepted in a fusion with one VAE', () => {
    const sample = { latentMode: 'sample' } as const;
    const [tiny, other] = [TINY(), SD()].map((path) => planFeatures(choice(path, sample)));
    if (tiny === undefined || other === undefined) throw new Error('there are two plans');
    expect(() => checkPlan({ ...tiny, parts: [...tiny.parts, ...other.parts] }, sample)).not.toThrow();
  });

  it('differs from a published preset, which runs with TAESD', () => {
    expect(table('sd21', 'semantic')).toMatchObject({ latentMode: 'sample' });
    expect(check(choice(TINY(), { preset: 'semantic', t: 101 }))).not.toThrow();
    expect(check(choice(TINY(), { latentMode: 'mean' }))).not.toThrow();
  });
});

describe('the key of features', () => {
  const partOf = (choice: FeatureChoice): PlanPart => {
    const preset = presetOf(choice);
    if (preset === undefined) throw new Error('a choice has a preset');
    return {
      preset,
      weight: 1,
      files: new Map(),
      weightsId: 'w',
      prompt: '',
      seed: choice.seed ?? 0,
      downscaleSteps: 0,
    };
  };
  const key = (choice: FeatureChoice) =>
    featureKey({ imageId: 'image', part: partOf(choice), level: 0, target: CPU_RUNTIME });

  it('depends on every setting', () => {
    const settings: FeatureChoice[] = [
      {},
      { t: 101 },
      { upFtIndex: 2 },
      { ensembleSize: 1 },
      { size: 512 },
      { size: { width: 768, height: 512 } },
      { seed: 1 },
      { latentMode: 'sample' },
    ];
    const keys = settings.map((setting) => key({ backend: 'sd21', ...setting }));
    expect(new Set(keys).size).toBe(settings.length);
    // the time that a checkpoint of CleanDIFT has learned is another one than the same number chosen by hand
    expect(key({ backend: 'cleandift-sd21', t: 261 })).not.toBe(key({ backend: 'cleandift-sd21' }));
  });

  it('equals that of a preset with the same settings', () => {
    expect(key({ backend: 'adm', t: 101, upFtIndex: 4, ensembleSize: 2 })).toBe(key({ backend: 'adm' }));
    expect(key({ backend: 'sd21', preset: 'edit', size: 768 })).toBe(key({ backend: 'sd21', preset: 'semantic' }));
  });

  it('depends on the checkpoint', () => {
    const own = planFeatures({ checkpoint: ADM, network: 'adm', t: 1, upFtIndex: 1, size: 32 }).parts;
    cpSync(ADM, folder.path('adm'), { recursive: true });
    const other = planFeatures({ checkpoint: folder.path('adm'), network: 'adm', t: 1, upFtIndex: 1, size: 32 }).parts;
    expect(own[0]?.weightsId).not.toBe(other[0]?.weightsId);
  });
});
