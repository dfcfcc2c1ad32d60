import { copyFileSync, cpSync, mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy } from '../../../src/cli/files/npy.js';
import { draw, encoder, moved } from '../../support/draw.js';
import { runCliWith } from '../../support/run-cli.js';
import { MOCKUP, mockup } from '../../support/screens.js';
import { useTempFolder } from '../../support/temp-folder.js';
import { writeTextEncoder } from '../../support/text-encoder.js';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
/** Channels of the text states and of up block 1 in the fixture's U-Net. */
const SD = { textChannels: 32, channels: 16 };

const folder = useTempFolder();
const source = () => folder.path('source.png');
const target = () => folder.path('target.png');
const out = () => folder.path('features.npy');
const kept = () => readdirSync(folder.path('cache/features')).sort();

/** A computer with small networks registered as models of the catalogue, and a feature cache on disk. */
const run = (...args: readonly string[]) =>
  runCliWith(
    {
      HF_HOME: folder.path('hf'),
      SAMEPOINT_STATE_DIR: folder.path('state'),
      SAMEPOINT_CACHE_DIR: folder.path('cache'),
      SAMEPOINT_NO_CACHE: undefined,
    },
    ...args,
  );
const match = (backend: string, ...options: readonly string[]) =>
  run('match', source(), target(), '--points', '21,7 231,51', '--backend', backend, '--json', ...options);

beforeAll(async () => {
  const { width, height } = MOCKUP;
  await encoder(draw(width, height, mockup()))
    .png()
    .toFile(source());
  await encoder(draw(width, height, moved(mockup(), 4, 0)))
    .png()
    .toFile(target());
  const sd = folder.path('sd');
  cpSync(`${FIXTURES}/sd/sd2/unet`, `${sd}/unet`, { recursive: true });
  copyEncoder('vae', `${sd}/vae`);
  cpSync(`${FIXTURES}/text/sd2/tokenizer`, `${sd}/tokenizer`, { recursive: true });
  writeTextEncoder(`${sd}/text_encoder`, SD.textChannels);
  for (const [id, path] of [
    ['sd21', sd],
    ['dinov2-s', `${FIXTURES}/vit/dinov2`],
    ['dino-vitb8', `${FIXTURES}/vit/dino`],
  ] as const) {
    expect(await run('models', 'add', id, path)).toMatchObject({ code: 0 });
  }
  // TAESD instead of the VAE, as diffusers allows: fast at any size
  copyEncoder('taesd', `${sd}/vae`);
});

function copyEncoder(name: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const file of ['config.json', 'diffusion_pytorch_model.safetensors']) {
    copyFileSync(`${FIXTURES}/sd/${name}/${file}`, `${to}/${file}`);
  }
}

describe('samepoint match with the networks of the paper', () => {
  it.each([
    ['sd21', 2],
    ['dinov2-s', 4],
    // the cached features of its parts
    ['fuse(sd21:0.4,dinov2-s:0.6)', 4],
  ])('%s answers for every point; then there are %i feature maps on the disk', async (backend, entries) => {
    const { code, stdout, stderr } = await match(backend);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const items = [{ source: { x: 21, y: 7 } }, { source: { x: 231, y: 51 } }];
    expect(JSON.parse(stdout)).toMatchObject({ backend, targets: [{ items }] });
    expect(kept()).toHaveLength(entries);
  });

  it('names the missing model and the command that downloads it', async () => {
    const { code, stderr } = await match('fuse(dinov2-s,sd15)');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^samepoint: Stable Diffusion 1\.5 is not installed .* samepoint models pull sd15\n$/);
  });

  it('rejects weights of another network with a message and exit code 5', async () => {
    const { code, stderr } = await match('dino-vitb8');
    expect(code).toBe(5);
    expect(stderr).toMatch(/^samepoint: [^\n]*registered for dino-vitb8[^\n]*layers 0 to 2; there is no 9[^\n]*\n$/);
  });
});

describe('samepoint features', () => {
  it('of a fusion are unit descriptors on the finer grid, a concatenation of the parts', async () => {
    expect((await run('features', source(), '--backend', 'dinov2-s', '--out', out())).code).toBe(0);
    const [, vitChannels = 0, vitRows = 0, vitColumns = 0] = (await readNpy(out())).dims;
    expect((await run('features', source(), '--backend', 'fuse(sd21,dinov2-s)', '--out', out(), '--force')).code).toBe(
      0,
    );
    const { dims, data } = await readNpy(out());
    const [, channels = 0, rows = 0, columns = 0] = dims;
    expect(channels).toBe(SD.channels + vitChannels);
    expect(rows * columns).toBeGreaterThan(vitRows * vitColumns);
    const column = Float32Array.from({ length: channels }, (_, c) => data[c * rows * columns + 7] ?? 0);
    expect(Math.hypot(...column)).toBeCloseTo(1, 4);
    expect(Math.hypot(...column.subarray(0, SD.channels))).toBeCloseTo(Math.SQRT1_2, 4);
  });

  it('accepts a single file of a U-Net, with the other parts from the model of the backend', async () => {
    const unet = folder.path('sd/unet/diffusion_pytorch_model.safetensors');
    const features = async (...args: readonly string[]) => {
      const settings = ['--backend', 'sd21', '--size', '64x64', '--ensemble', '1'];
      expect((await run('features', source(), ...settings, ...args, '--out', out(), '--force')).code).toBe(0);
      return readNpy(out());
    };
    expect(await features('--checkpoint', unet)).toEqual(await features());
  });

  it('rejects a file of another network with exit code 5', async () => {
    const vit = `${FIXTURES}/vit/dinov2/model.safetensors`;
    const { code, stderr } = await run(
      ...['features', source(), '--backend', 'sd21', '--checkpoint', vit, '--out', folder.path('no.npy')],
    );
    expect(code).toBe(5);
    expect(stderr).toMatch(/^samepoint: [^\n]*contains a vision transformer, not Stable Diffusion[^\n]*\n$/);
  });
});

describe('features on disk', () => {
  it('are neither read nor written with --no-cache, and deleted by `cache clear`', async () => {
    const before = kept();
    expect((await match('dinov2-s', '--preset', 'semantic', '--no-cache')).code).toBe(0);
    expect(kept()).toEqual(before);
    expect(JSON.parse((await run('cache', 'info', '--json')).stdout)).toMatchObject({ entries: before.length });
    expect((await run('cache', 'clear')).stdout).toContain(`Deleted ${before.length} feature maps`);
    expect(JSON.parse((await run('cache', 'info', '--json')).stdout)).toMatchObject({ entries: 0, bytes: 0 });
  });
});
