import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliRun, runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';
import { lengthPrefix, pickle, tensorPickle, writeSafetensors, writeZip } from '../../support/weights-files.js';

const FIXTURES = fileURLToPath(new URL('../../fixtures', import.meta.url));
const OLD_OUTPUT = 'what was here before';

const folder = useTempFolder();
const image = () => folder.path('image.png');
const out = () => folder.path('out.npy');
const marker = () => folder.path('executed');

/** A validly registered checkpoint, which a case then damages. */
const KINDS = {
  vit: { model: 'dinov2-s', fixture: 'vit/dinov2', weights: 'model.safetensors', options: ['--size', '56x56'] },
  adm: {
    model: 'adm',
    fixture: 'adm/official',
    weights: 'model.pt',
    options: ['--size', '32x32', '--t', '10', '--up-ft-index', '1'],
  },
} as const;
type Kind = keyof typeof KINDS;

const checkpoint = (kind: Kind) => folder.path(kind);
const weights = (kind: Kind) => join(checkpoint(kind), KINDS[kind].weights);
const config = (kind: Kind) => join(checkpoint(kind), 'config.json');

beforeAll(async () => {
  vi.stubEnv('HF_HOME', folder.path('hub'));
  vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('state'));
  const create = { width: 50, height: 30, channels: 3 as const, background: '#c8285a' };
  await sharp({ create }).png().toFile(image());
  for (const kind of ['vit', 'adm'] as const) {
    restore(kind);
    expect(await runCli('models', 'add', KINDS[kind].model, checkpoint(kind))).toMatchObject({ code: 0 });
  }
});
afterAll(() => vi.unstubAllEnvs());
beforeEach(() => {
  restore('vit');
  restore('adm');
  writeFileSync(out(), OLD_OUTPUT);
});

function restore(kind: Kind): void {
  rmSync(checkpoint(kind), { recursive: true, force: true });
  cpSync(join(FIXTURES, KINDS[kind].fixture), checkpoint(kind), { recursive: true });
}

function runFeatures(kind: Kind): Promise<CliRun> {
  const { options } = KINDS[kind];
  return runCli(
    'features',
    image(),
    '--checkpoint',
    checkpoint(kind),
    '--network',
    kind,
    ...options,
    '--out',
    out(),
    '--force',
  );
}

function expectRefusal(runs: readonly CliRun[]): void {
  for (const { code, stderr } of runs) {
    expect([code, stderr]).toEqual([5, expect.stringMatching(/^samepoint: [^\n]+\n$/)]);
    expect(stderr).not.toContain('unexpected');
  }
  expect(existsSync(marker())).toBe(false);
  expect(readFileSync(out(), 'utf8')).toBe(OLD_OUTPUT);
}

const tensor = (dtype: string, shape: readonly number[], begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

function truncate(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2)));
}

/** Rewrites the header of the fixture, but not the weights. */
function changeHeader(change: (header: Record<string, ReturnType<typeof tensor>>) => void): void {
  const bytes = readFileSync(weights('vit'));
  const end = 8 + Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, end));
  change(header);
  writeSafetensors(weights('vit'), header, bytes.subarray(end));
}

function changeConfig(kind: Kind, change: Record<string, unknown>): void {
  const known: Record<string, unknown> = JSON.parse(readFileSync(config(kind), 'utf8'));
  writeFileSync(config(kind), JSON.stringify({ ...known, ...change }));
}

function replaceByIndex(shard: string): void {
  rmSync(weights('vit'));
  const index = JSON.stringify({ weight_map: { [CLS]: shard } });
  writeFileSync(join(checkpoint('vit'), 'model.safetensors.index.json'), index);
}

const CLS = 'embeddings.cls_token';

describe('a hostile checkpoint fails with a message and exit code 5, and changes nothing', () => {
  it.each<[string, Kind, () => void]>([
    ['a truncated file', 'vit', () => truncate(weights('vit'))],
    ['a header longer than the file', 'vit', () => writeFileSync(weights('vit'), lengthPrefix(1_000_000n))],
    [
      'tensors that overlap',
      'vit',
      () =>
        writeSafetensors(weights('vit'), { a: tensor('U8', [8], 0, 8), b: tensor('U8', [8], 4, 12) }, Buffer.alloc(12)),
    ],
    ['weights of whole numbers', 'vit', () => changeHeader((header) => setType(header, 'I32'))],
    ['a type that does not exist', 'vit', () => changeHeader((header) => setType(header, 'F7'))],
    [
      'a tensor that is missing',
      'vit',
      () =>
        changeHeader((header) => {
          delete header[CLS];
        }),
    ],
    ['a text', 'vit', () => writeFileSync(weights('vit'), 'these are no weights\n'.repeat(1000))],
    ['a Git LFS pointer', 'vit', () => writeFileSync(weights('vit'), 'version https://git-lfs.github.com/spec/v1\n')],
    ['a web page', 'adm', () => writeFileSync(weights('adm'), '<!DOCTYPE html><html></html>')],
    ['a web page for a configuration', 'vit', () => writeFileSync(config('vit'), '<!DOCTYPE html><html></html>')],
    ['an index of files that are missing', 'vit', () => replaceByIndex('model-00001-of-00002.safetensors')],
    ['an index of files elsewhere', 'vit', () => replaceByIndex('../../secret.safetensors')],
    [
      'a pickle of the format before torch 1.6, cut off',
      'vit',
      () => {
        const legacy = readFileSync(join(FIXTURES, 'formats/dinov2/official/legacy.pth'));
        writeFileSync(weights('vit'), legacy.subarray(0, legacy.length - 1000));
      },
    ],
    ['a configuration that is not JSON', 'vit', () => writeFileSync(config('vit'), '{"hidden_size":\nno')],
    ['negative channels', 'vit', () => changeConfig('vit', { hidden_size: -48 })],
    ['more channels than any network has', 'vit', () => changeConfig('vit', { hidden_size: 2 ** 48 })],
    ['a truncated archive', 'adm', () => truncate(weights('adm'))],
    ['a text for an archive', 'adm', () => writeFileSync(weights('adm'), 'these are no weights\n'.repeat(1000))],
    [
      'a pickle with code in it',
      'adm',
      () => {
        const command = pickle.text(`touch ${marker()}`);
        const data = pickle.of(pickle.call(pickle.global('os', 'system'), command));
        writeZip(weights('adm'), [{ name: 'model/data.pkl', data }]);
      },
    ],
    [
      'an entry that would unpack to gigabytes',
      'adm',
      () => {
        const data = pickle.of(pickle.dict({ w: tensorPickle() }));
        writeZip(weights('adm'), [{ name: 'model/data.pkl', data, patch: { method: 8, size: 0xfffffff0 } }]);
      },
    ],
    [
      'an entry larger than the file',
      'adm',
      () => {
        const patch = { compressedSize: 0x7fffffff, size: 0x7fffffff };
        const entries = [{ name: 'model/data.pkl', data: pickle.of(pickle.dict({ w: tensorPickle() })) }];
        writeZip(weights('adm'), [...entries, { name: 'model/data/0', data: Buffer.alloc(24), patch }]);
      },
    ],
  ])('%s', async (_what, kind, damage) => {
    damage();
    expectRefusal(await Promise.all([runFeatures(kind), runCli('models', 'add', KINDS[kind].model, checkpoint(kind))]));
  });

  // the catalogue's ADM has no configuration, so only `features` reads one
  it.each<[string, Record<string, unknown>]>([
    ['more channels than memory', { model_channels: 2 ** 40 }],
    ['channels that the heads do not divide', { num_head_channels: 7 }],
    ['a thousand levels', { channel_mult: Array(1000).fill(1) }],
    ['half a block', { num_res_blocks: 0.5 }],
  ])('absurd numbers: %s', async (_what, change) => {
    changeConfig('adm', change);
    expectRefusal([await runFeatures('adm')]);
  });

  it('even if it is damaged after registration', async () => {
    for (const kind of ['vit', 'adm'] as const) truncate(weights(kind));
    expectRefusal(await Promise.all([runCli('models', 'verify', 'dinov2-s'), runCli('models', 'verify', 'adm')]));
  });
});

it('a damaged file is reported before missing options', async () => {
  writeFileSync(weights('vit'), 'version https://git-lfs.github.com/spec/v1\n');
  const run = await runCli(
    'features',
    image(),
    '--checkpoint',
    checkpoint('vit'),
    '--network',
    'vit',
    '--out',
    out(),
    '--force',
  );
  expectRefusal([run]);
  expect(run.stderr).toContain('git lfs pull');
});

function setType(header: Record<string, ReturnType<typeof tensor>>, dtype: string): void {
  const entry = header[CLS];
  if (entry !== undefined) entry.dtype = dtype;
}

describe('missing files differ from damaged ones', () => {
  const run = (path: string, to = out()) =>
    runCli('features', image(), '--checkpoint', path, '--network', 'vit', '--size', '56x56', '--out', to, '--force');

  it('a missing checkpoint exits with 2', async () => {
    expect(await run(folder.path('nowhere'))).toMatchObject({ code: 2 });
  });

  it('a folder without the weights exits with 5', async () => {
    expectRefusal([await run(checkpoint('adm'))]);
  });

  it('an unwritable output exits with 2 and leaves nothing', async () => {
    const failed = await run(checkpoint('vit'), folder.path('no/such/folder.npy'));
    expect(failed).toMatchObject({ code: 2, stderr: expect.stringContaining('Cannot write') });
  });

  it('a valid checkpoint replaces the old output', async () => {
    expect(await run(checkpoint('vit'))).toMatchObject({ code: 0 });
    expect(readFileSync(out()).subarray(1, 6).toString()).toBe('NUMPY');
  });
});
