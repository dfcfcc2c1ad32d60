import { cpSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { FeatureStore } from '../../src/diffusion/cache/feature-store.js';
import { cellCentre, type FeatureMap } from '../../src/diffusion/feature-map.js';
import { FeatureSource } from '../../src/diffusion/feature-source.js';
import { checkpointIdentity, filesOf } from '../../src/diffusion/networks/model-files.js';
import { type FeaturePlan, planFeatures, resolvePresets } from '../../src/diffusion/plan/feature-plan.js';
import type { DiffusionPreset } from '../../src/diffusion/presets.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import type { RgbImage } from '../../src/images/decode.js';
import { cropRgb } from '../../src/images/pixels.js';
import { EMBEDDED_MODEL_FOLDER } from '../../src/models/catalogue.js';
import { draw } from '../support/draw.js';
import { columnAt, dot } from '../support/random.js';
import { useTempFolder } from '../support/temp-folder.js';
import { writeTextEncoder } from '../support/text-encoder.js';

const STRIDE_PX = 4;
const LONG_SIDES = [384, 512, 768];
const UI = planFeatures({ backend: 'ui' });

/** Long and thin, so that even the largest size of the preset is computed in no time. */
const STRIP = draw(300, 12, [
  { x: 20, y: 2, w: 60, h: 8, colour: [30, 30, 30] },
  { x: 150, y: 4, w: 90, h: 4, colour: [200, 40, 40] },
]);

const folder = useTempFolder();
const decoder = (image: RgbImage) => vi.fn(async () => image);
const source = new FeatureSource();
let count = 0;

/** The plan of the embedded network, with the files of another folder. */
function planOf(model: string): FeaturePlan {
  const files = filesOf(model);
  const weightsId = checkpointIdentity(files);
  const parts = UI.parts.map((part) => ({ ...part, files, weightsId }));
  return { ...UI, id: weightsId, parts };
}

/** Longer side of the smallest level. */
async function smallest(image: RgbImage): Promise<FeatureMap> {
  const [level] = (await source.pyramid(String(count++), async () => image, UI)).levels;
  if (level === undefined) throw new Error('there is a level');
  return level;
}

describe('a feature map', () => {
  it.each([
    [1, 1],
    [1, 2000],
    [2000, 1],
    [37, 911],
  ])('of %i×%i pixels covers the image in unit descriptors, without padding', async (width, height) => {
    const map = await smallest(draw(width, height, [], [90, 120, 200]));
    const cells = Array.from({ length: map.rows * map.columns }, (_, cell) => cell);
    expect(cells.filter((cell) => !(Math.abs(dot(columnAt(map, cell), columnAt(map, cell)) - 1) < 5e-5))).toEqual([]);
    // to the next whole cell, and no further
    expect(map.columns * map.cellWidthPx).toBeGreaterThanOrEqual(width - 1e-9);
    expect((map.columns - 1) * map.cellWidthPx).toBeLessThan(width);
    expect(map.rows * map.cellHeightPx).toBeGreaterThanOrEqual(height - 1e-9);
    expect((map.rows - 1) * map.cellHeightPx).toBeLessThan(height);
  });

  it('maps image positions to the corresponding cells', async () => {
    const mark = { x: 220, y: 20, w: 16, h: 16, colour: [0, 0, 0] as const };
    const [without, with_] = [await smallest(draw(400, 60)), await smallest(draw(400, 60, [mark]))];
    const change = (cell: number) => 1 - dot(columnAt(without, cell), columnAt(with_, cell));
    const cells = Array.from({ length: with_.rows * with_.columns }, (_, cell) => cell);
    const most = cells.reduce((a, b) => (change(b) > change(a) ? b : a));
    const { x, y } = cellCentre(with_, most);
    expect(Math.abs(x - 228)).toBeLessThan(20);
    expect(Math.abs(y - 28)).toBeLessThan(20);
  });

  it('uses the resampling of the preset', async () => {
    const parts = UI.parts.map((part) => ({
      ...part,
      preset: { ...part.preset, resampling: 'opencv-bilinear' as const },
    }));
    const [bilinear] = (await source.pyramid('bilinear', async () => STRIP, { ...UI, id: 'bilinear', parts })).levels;
    expect(bilinear?.chw).not.toEqual((await smallest(STRIP)).chw);
  });

  it('is bit-identical in every process', async () => {
    const [a] = (await new FeatureSource().pyramid('a', decoder(STRIP), UI)).levels;
    expect(a).toEqual(await smallest(STRIP));
  });
});

describe('a feature pyramid', () => {
  it('has one level per size of the preset, the smallest first, and the image size', async () => {
    const { levels, ...size } = await source.pyramid('sizes', decoder(STRIP), UI);
    expect(size).toMatchObject({ width: 300, height: 12, baseLevel: 1 });
    expect(levels.map(({ columns }) => columns * STRIDE_PX)).toEqual(LONG_SIDES);
    for (const level of levels) expect(level.cellWidthPx).toBeCloseTo(300 / level.columns, 6);
  });

  it('has half the size when memory is short', async () => {
    const { levels } = await source.pyramid(
      'sizes',
      decoder(STRIP),
      planFeatures({ backend: 'ui', downscaleSteps: 1 }),
    );
    expect(levels.map(({ columns }) => columns * STRIDE_PX)).toEqual(LONG_SIDES.map((px) => px / 2));
  });

  it('is computed once per image id, which is decoded once', async () => {
    const decode = decoder(STRIP);
    const steps = vi.fn();
    const first = await source.pyramid('once', decode, UI, steps);
    const second = await source.pyramid('once', decode, UI, steps);
    expect(decode).toHaveBeenCalledTimes(1);
    expect(steps.mock.calls.flat().reduce((sum: number, n: number) => sum + n, 0)).toBe(2 * UI.steps);
    expect(second.levels.every((level, n) => level === first.levels[n])).toBe(true);
    await source.pyramid('another', decode, UI);
    expect(decode).toHaveBeenCalledTimes(2);
  });

  it('is read bit-identically from disk in the next process', async () => {
    const store = () => new FeatureStore(folder.path('features'));
    const first = await new FeatureSource(CPU_RUNTIME, store()).pyramid('a', decoder(STRIP), UI);
    const decode = decoder(STRIP);
    const second = await new FeatureSource(CPU_RUNTIME, store()).pyramid('a', decode, UI);
    expect(decode).not.toHaveBeenCalled();
    expect({ ...second, levels: [], fine: {} }).toEqual({ ...first, levels: [], fine: {} });
    expect(second.levels.every(({ chw }, n) => chw.every((value, i) => value === first.levels[n]?.chw[i]))).toBe(true);
    const unkept = await source.pyramid('a', decoder(STRIP), UI);
    for (const [n, { chw, ...shape }] of unkept.levels.entries()) {
      const kept = second.levels[n];
      expect(kept).toMatchObject(shape);
      const isRounded = (value: number, i: number) =>
        Math.abs((kept?.chw[i] ?? 9) - value) <= Math.max(2 ** -11 * Math.abs(value), 2 ** -25);
      expect(chw.every(isRounded)).toBe(true);
    }
  });

  it('caches the features of windows', async () => {
    const store = () => new FeatureStore(folder.path('windows'));
    const box = { x: 150, y: 0, w: 100, h: 12 };
    const window = async (decode: () => Promise<RgbImage>) => {
      const { fine } = await new FeatureSource(CPU_RUNTIME, store()).pyramid('a', decode, UI);
      return fine?.window(box);
    };
    const first = await window(decoder(STRIP));
    // positions count from the corner of the window, in pixels of the image
    expect((first?.columns ?? 0) * (first?.cellWidthPx ?? 0)).toBeCloseTo(box.w, 6);
    const kept = new FeatureSource(CPU_RUNTIME, store());
    const asImage = await kept.pyramid('window', decoder(cropRgb(STRIP, box)), UI);
    const alone = await asImage.fine?.window({ x: 0, y: 0, w: box.w, h: box.h });
    expect(first).toEqual(alone);
    const decode = decoder(STRIP);
    expect(await window(decode)).toMatchObject({ rows: first?.rows, columns: first?.columns });
    expect(decode).not.toHaveBeenCalled();
  });

  it('is recomputed with reloaded networks after the weights changed', async () => {
    const model = folder.path('replaced');
    cpSync(EMBEDDED_MODEL_FOLDER, model, { recursive: true });
    const weights = join(model, 'model.safetensors');
    const made = new FeatureSource(CPU_RUNTIME, new FeatureStore(folder.path('others')));
    const before = planOf(model);
    const { levels: old } = await made.pyramid('a', decoder(STRIP), before);
    // a new file of the same size and time, as installers write them
    const { atime, mtime } = statSync(weights);
    const bytes = readFileSync(weights);
    // at a multiple of their size: two halves of different numbers may be none
    const middle = 8 * Math.floor(bytes.length / 16);
    bytes.copyWithin(middle, 8 * Math.floor(bytes.length / 32), middle);
    writeFileSync(`${weights}.new`, bytes);
    renameSync(`${weights}.new`, weights);
    utimesSync(weights, atime, mtime);
    const after = planOf(model);
    expect(after.id).not.toBe(before.id);
    const { levels } = await made.pyramid('a', decoder(STRIP), after);
    expect(levels[0]?.chw).not.toEqual(old[0]?.chw);
  });

  it('includes the element matcher beside the weights, if there is one', async () => {
    expect((await source.pyramid('a', decoder(STRIP), UI)).elements).toBeDefined();
    const model = folder.path('features-alone');
    cpSync(EMBEDDED_MODEL_FOLDER, model, { recursive: true, filter: (path) => !path.includes('elements') });
    const alone = new FeatureSource(CPU_RUNTIME, new FeatureStore(folder.path('alone')));
    expect((await alone.pyramid('a', decoder(STRIP), planOf(model))).elements).toBeUndefined();
  });

  it('is rejected and not cached if features are not finite', async () => {
    const model = folder.path('broken');
    cpSync(EMBEDDED_MODEL_FOLDER, model, { recursive: true });
    const weights = join(model, 'model.safetensors');
    const bytes = readFileSync(weights);
    // halves of all ones are no numbers
    bytes.fill(0xff, bytes.length / 2);
    writeFileSync(weights, bytes);
    const store = new FeatureStore(folder.path('nothing'));
    const broken = new FeatureSource(CPU_RUNTIME, store).pyramid('a', decoder(STRIP), planOf(model));
    await expect(broken).rejects.toMatchObject({
      code: 'MODEL_INVALID',
      message: expect.stringContaining('not finite'),
    });
    expect(await store.info()).toEqual({ entries: 0, bytes: 0 });
  });

  it('fails with the decoder’s error, and succeeds after a retry', async () => {
    const failing = () => Promise.reject(new Error('unreadable'));
    await expect(source.pyramid('broken', failing, UI)).rejects.toThrow('unreadable');
    expect(await source.pyramid('broken', decoder(STRIP), UI)).toMatchObject({ width: 300 });
  });

  it('is recomputed after release', async () => {
    await source.release();
    expect(await source.pyramid('freed', decoder(STRIP), UI)).toMatchObject({ width: 300 });
  });
});

describe('features of Stable Diffusion', () => {
  const SD = fileURLToPath(new URL('../fixtures/sd', import.meta.url));
  const SMALL = { fit: 'squash', width: 32, height: 32, multiple: 8 } as const;

  /** A preset of 2.1 on the small networks of the fixtures, whose text states have 32 channels. */
  function planFor(change: Partial<DiffusionPreset>): FeaturePlan {
    const text = folder.path('text_encoder');
    writeTextEncoder(text, 32);
    const of = (at: string, part: string) => [...filesOf(at)].map(([name, path]) => [`${part}/${name}`, path] as const);
    const files = new Map([...of(`${SD}/sd2/unet`, 'unet'), ...of(`${SD}/vae`, 'vae'), ...of(text, 'text_encoder')]);
    const [semantic] = resolvePresets({ backend: 'sd21', preset: 'semantic' });
    if (semantic?.preset.network !== 'sd-unet') throw new Error('sd21 has a preset for semantic correspondence');
    const preset = { ...semantic.preset, size: SMALL, ensembleSize: 2, ...change };
    const condition = { prompt: '', seed: 0, downscaleSteps: 0 };
    const part = { preset, weight: 1, files, weightsId: checkpointIdentity(files), ...condition };
    return { id: '', parts: [part], steps: 3, refinement: false };
  }
  const mapOf = async (change: Partial<DiffusionPreset>) => {
    const { levels } = await new FeatureSource().pyramid('strip', async () => STRIP, planFor(change));
    return levels[0]?.chw;
  };

  it('use reproducibly sampled latents if the preset has them', async () => {
    const drawn = await mapOf({});
    expect(await mapOf({})).toEqual(drawn);
    expect(await mapOf({ latentMode: 'mean' })).not.toEqual(drawn);
  });
});
