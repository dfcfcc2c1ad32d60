import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../../src/cli/files/npy.js';
import { runCli } from '../../support/run-cli.js';
import { relativeError } from '../../support/run-network.js';
import { useTempFolder } from '../../support/temp-folder.js';

const ADM = fileURLToPath(new URL('../../fixtures/adm/official', import.meta.url));
const FORMATS = fileURLToPath(new URL('../../fixtures/formats', import.meta.url));
const VAE = fileURLToPath(new URL('../../fixtures/sd/vae', import.meta.url));
const DINOV2 = fileURLToPath(new URL('../../fixtures/vit/dinov2', import.meta.url));

const folder = useTempFolder();
const image = () => folder.path('image.png');

beforeAll(async () => {
  const background = { r: 200, g: 40, b: 90 };
  await sharp({ create: { width: 50, height: 30, channels: 3, background } })
    .png()
    .toFile(image());
});

describe('samepoint features', () => {
  it('writes (1, channels, rows, columns) of float32, the same every time', async () => {
    const adm = ['--checkpoint', ADM, '--network', 'adm', '--t', '101', '--up-ft-index', '1', '--size', '32x64'];
    const once = await runCli('features', image(), ...adm, '--ensemble', '2', '--out', folder.path('a.npy'));
    const again = await runCli('features', image(), ...adm, '--ensemble', '2', '--out', folder.path('b.npy'));
    expect([once.code, once.stdout, again.code]).toEqual([0, '', 0]);
    const features = await readNpy(folder.path('a.npy'));
    expect(features.dims).toEqual([1, expect.any(Number), expect.any(Number), expect.any(Number)]);
    expect((features.dims[2] ?? 0) / (features.dims[3] ?? 0)).toBe(2);
    expect(await readNpy(folder.path('b.npy'))).toEqual(features);
  });

  it('takes noise from outside: one draw given twice is that draw', async () => {
    const noise = Float32Array.from({ length: 3 * 64 * 64 }, (_, i) => Math.sin(i));
    await writeNpy(folder.path('one.npy'), { dims: [1, 3, 64, 64], data: noise });
    await writeNpy(folder.path('two.npy'), { dims: [2, 3, 64, 64], data: Float32Array.from([...noise, ...noise]) });
    const run = (n: string, file: string) =>
      runCli(
        ...['features', image(), '--checkpoint', ADM, '--network', 'adm', '--t', '41', '--up-ft-index', '1'],
        ...['--size', '64x64', '--ensemble', n, '--noise', folder.path(`${file}.npy`)],
        ...['--out', folder.path(`${file}-out.npy`), '--force'],
      );
    expect((await run('1', 'one')).stderr).toContain('float32 (1, ');
    expect((await run('2', 'two')).code).toBe(0);
    const one = await readNpy(folder.path('one-out.npy'));
    const two = await readNpy(folder.path('two-out.npy'));
    for (const [i, value] of two.data.entries()) expect(value).toBeCloseTo(one.data[i] ?? Number.NaN, 5);
    const tooFew = await run('3', 'two');
    expect(tooFew.code).toBe(2);
  });

  it('is the same for the same weights in another format', async () => {
    const run = async (checkpoint: string) => {
      const [path, out] = [`${FORMATS}/${checkpoint}`, folder.path('format.npy')];
      const options = ['--network', 'vit', '--size', '32x32', '--no-cache', '--out', out, '--force'];
      expect(await runCli('features', image(), '--checkpoint', path, ...options)).toMatchObject({ code: 0 });
      return (await readNpy(out)).data;
    };
    const expected = await run('dinov2');
    for (const other of [
      'dinov2/bin',
      'dinov2/sharded',
      'dinov2/official/pretrain.pth',
      'dinov2/official/legacy.pth',
    ]) {
      expect(relativeError(await run(other), expected), other).toBeLessThan(1e-4);
    }
  });

  it('is the same for a Stable Diffusion whose U-Net is in several files or in a .bin', async () => {
    const text = Float32Array.from({ length: 5 * 4 }, (_, i) => Math.sin(i));
    await writeNpy(folder.path('text.npy'), { dims: [1, 5, 4], data: text });
    const run = async (unet: string) => {
      const [path, out] = [folder.path(unet), folder.path('format.npy')];
      cpSync(`${FORMATS}/unet/${unet}`, path, { recursive: true });
      cpSync(VAE, `${path}/vae`, { recursive: true });
      const cut = ['--network', 'sd-unet', '--t', '101', '--up-ft-index', '1', '--size', '64x64'];
      const given = ['--text-states', folder.path('text.npy'), '--out', out, '--force'];
      expect(await runCli('features', image(), '--checkpoint', path, ...cut, ...given)).toMatchObject({ code: 0 });
      return (await readNpy(out)).data;
    };
    const expected = await run('sharded');
    for (const other of ['sharded-fp16', 'bin', 'bin-sharded']) {
      expect(relativeError(await run(other), expected), other).toBeLessThan(1e-4);
    }
  });

  it("takes a vision transformer's last layer if none is named", async () => {
    const out = folder.path('vit.npy');
    const run = await runCli(
      ...['features', image(), '--checkpoint', DINOV2, '--network', 'vit', '--size', '56x84', '--out', out],
    );
    expect(run.code).toBe(0);
    const [, , rows = 0, columns = 0] = (await readNpy(out)).dims;
    expect(rows / columns).toBe(1.5);
  });

  it.each([
    ['no network', ['--checkpoint', ADM, '--size', '64x64'], 2],
    ['no size', ['--checkpoint', ADM, '--network', 'adm'], 2],
    ['an unknown backend', ['--backend', 'sd99', '--network', 'adm', '--size', '64x64'], 2],
    [
      'a block that is not there',
      ['--checkpoint', ADM, '--network', 'adm', '--size', '64x64', '--up-ft-index', '99'],
      2,
    ],
    [
      'noise for a network that adds none',
      ['--checkpoint', DINOV2, '--network', 'vit', '--size', '56', '--noise', 'n'],
      2,
    ],
    [
      'text for a network that takes none',
      ['--checkpoint', DINOV2, '--network', 'vit', '--size', '56', '--text-states', 't'],
      2,
    ],
    ['a size that is no size', ['--checkpoint', ADM, '--network', 'adm', '--size', 'large'], 2],
    ['a checkpoint that is not there', ['--checkpoint', '/nowhere', '--network', 'vit', '--size', '56x56'], 2],
    ['a checkpoint of something else', ['--checkpoint', ADM, '--network', 'vit', '--size', '56x56'], 5],
  ])('refuses invalid input with a message: %s', async (_, options, code) => {
    const run = await runCli('features', image(), ...options, '--out', folder.path('no.npy'));
    expect(run.code).toBe(code);
    expect(run.stdout).toBe('');
    expect(run.stderr.trim().split('\n')).toHaveLength(1);
  });
});
