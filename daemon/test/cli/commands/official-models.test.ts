import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readNpy } from '../../../src/cli/files/npy.js';
import { CATALOGUE } from '../../../src/models/catalogue.js';
import { writeHubCache } from '../../support/hub-cache-layout.js';
import {
  type Home,
  OFFICIAL,
  OfficialModels,
  officialRepositories,
  repositoriesOf,
} from '../../support/official-models.js';
import { readTensor, relativeError } from '../../support/run-network.js';

interface OfficialModel {
  id: string;
  /** The backend: the model itself, or the one whose VAE it replaces. */
  backend: string;
  /** Width and height of the image, which is not resampled. */
  size: string;
  options: readonly string[];
  features: readonly Expected[];
}

/** One run of `samepoint features`, and the expected tensor in `expected/<backend>.safetensors`. */
interface Expected {
  prompt?: string;
  tensor: string;
}

const noise = (file: string) => ['--ensemble', '2', '--noise', join(OFFICIAL, `noise/${file}.npy`)];
const block = (upFtIndex: number) => ['--up-ft-index', `${upFtIndex}`];
const SD = ['--t', '261', ...block(1)];
const ADM = ['--t', '101', ...block(4)];
const prompts = (name: string): readonly Expected[] => [
  { tensor: `${name}_empty` },
  { prompt: 'a photo of a cat', tensor: `${name}_prompt` },
];
const ALONE: readonly Expected[] = [{ tensor: 'features' }];

const onSd = { size: '168x112', features: prompts('features') };
const onVit = { size: '168x112', features: ALONE };
const MODELS: readonly OfficialModel[] = [
  { id: 'sd21', backend: 'sd21', ...onSd, options: [...SD, ...noise('latent')] },
  { id: 'sd15', backend: 'sd15', ...onSd, options: [...SD, ...noise('latent')] },
  { id: 'cleandift-sd21', backend: 'cleandift-sd21', ...onSd, options: SD },
  { id: 'taesd', backend: 'sd21', ...onSd, options: [...SD, ...noise('latent')], features: prompts('features_taesd') },
  { id: 'adm', backend: 'adm', size: '24x16', options: [...ADM, ...noise('pixels')], features: ALONE },
  { id: 'dinov2-s', backend: 'dinov2-s', ...onVit, options: [] },
  { id: 'dinov2-b', backend: 'dinov2-b', ...onVit, options: [] },
  { id: 'dino-vitb8', backend: 'dino-vitb8', ...onVit, options: [] },
  { id: 'openclip', backend: 'openclip', size: '224x224', options: block(22), features: ALONE },
];
/** Models of which a pull fetches only some tensors of the official files. */
const SUBSETS = MODELS.filter(({ id }) => CATALOGUE.find((m) => m.id === id)?.files.some(({ tensors }) => tensors));

let models: OfficialModels;
beforeAll(async () => {
  models = await OfficialModels.start();
});
afterAll(() => models.stop());

const listSchema = z.array(z.object({ id: z.string(), state: z.string() }));
const matchSchema = z.object({
  targets: z.tuple([z.object({ items: z.array(z.object({ confidence: z.number() })) })]),
});

async function run(home: Home, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await home.run(...args);
  expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
  return stdout;
}

/** Pulls, lists and verifies a model. */
async function expectPulled(home: Home, id: string): Promise<void> {
  await run(home, 'models', 'pull', id);
  const list = listSchema.parse(JSON.parse(await run(home, 'models', 'list', '--json')));
  expect(list.find((model) => model.id === id)?.state).toBe('ready');
  const verified = (await run(home, 'models', 'verify', id)).trim().split('\n');
  expect(verified.filter((line) => !/: verified$|: no published checksum; pinned as [0-9a-f]{64}$/.test(line))).toEqual(
    [],
  );
}

async function expectFeatures(home: Home, { backend, size, options, features }: OfficialModel): Promise<void> {
  const out = join(home.path, 'features.npy');
  for (const { prompt, tensor } of features) {
    const settings = [...options, '--size', size, ...(prompt === undefined ? [] : ['--prompt', prompt])];
    await run(home, 'features', imagePath(size), '--backend', backend, ...settings, '--out', out, '--force');
    const got = await readNpy(out);
    const expected = readTensor(join(OFFICIAL, `expected/${backend}.safetensors`), tensor);
    expect(got.dims).toEqual(expected.dims);
    expect(relativeError(got.data, expected.data)).toBeLessThan(1e-4);
  }
}

async function expectMatches(home: Home, { backend, size }: OfficialModel): Promise<void> {
  const target = join(home.path, 'darker.png');
  await sharp(imagePath(size)).linear(0.9).toFile(target);
  const settings = ['--backend', backend, '--size', size, '--points', '14,10 6,8'];
  const report = await run(home, 'match', imagePath(size), target, ...settings, '--json');
  expect(matchSchema.parse(JSON.parse(report)).targets[0].items).toHaveLength(2);
}

/** All commands on a model. */
async function expectUsable(home: Home, model: OfficialModel): Promise<void> {
  await expectPulled(home, model.id);
  await putInPlace(home, model);
  await expectFeatures(home, model);
  await expectMatches(home, model);
}

/** The same for the last of several features, which has a prompt. */
function expectUsableAgain(home: Home, model: OfficialModel): Promise<void> {
  return expectUsable(home, { ...model, features: model.features.slice(-1) });
}

/** A model that is not a backend replaces the VAE of one. */
async function putInPlace(home: Home, { id, backend }: OfficialModel, ...options: string[]): Promise<void> {
  if (id === backend) return;
  await run(home, 'models', 'pull', backend, ...options);
  await run(home, 'models', 'add', backend, id);
}

function imagePath(size: string): string {
  return join(OFFICIAL, `images/${size}.png`);
}

/** The cache after `huggingface_hub` has downloaded the repositories of a model. */
function writeCacheFor(home: Home, { id, backend }: OfficialModel): void {
  const repositories = [...repositoriesOf(id), ...repositoriesOf(backend)];
  for (const repository of officialRepositories()) {
    if (repositories.includes(repository.repository)) writeHubCache(home.hubCache, repository, { branch: 'main' });
  }
}

function copyWithoutLinks(from: Home, to: Home): void {
  mkdirSync(to.hubCache, { recursive: true });
  cpSync(from.hubCache, to.hubCache, { recursive: true, dereference: true });
}

describe.each(MODELS)('$id under its official names gives what PyTorch gives', (model) => {
  it('after a pull into an empty home, and again without the hub', async () => {
    const home = models.newHome();
    await expectUsable(home, model);
    const requests = models.hub.requests.length;
    await expectUsableAgain(home.offline(), model);
    expect(models.hub.requests.length).toBe(requests);
  });

  // ADM is in no repository
  it.skipIf(model.id === 'adm')('from the cache that huggingface_hub wrote', async () => {
    const home = models.newHome().offline();
    writeCacheFor(home, model);
    await expectUsableAgain(home, model);
  });

  it.skipIf(model.id === 'adm')('from a copy of that cache without links', async () => {
    const [cache, copy] = [models.newHome(), models.newHome().offline()];
    writeCacheFor(cache, model);
    copyWithoutLinks(cache, copy);
    await expectUsableAgain(copy, model);
  });
});

it.each([
  { id: 'sd21', was: 'stabilityai/stable-diffusion-2-1' },
  { id: 'sd15', was: 'runwayml/stable-diffusion-v1-5' },
])('$id is found in a cache of its earlier repository $was', async ({ id, was }) => {
  const home = models.newHome().offline();
  for (const repository of officialRepositories()) {
    if (!repositoriesOf(id).includes(repository.repository)) continue;
    writeHubCache(home.hubCache, { ...repository, repository: was, commit: 'f'.repeat(40) }, { branch: 'main' });
  }
  for (const model of MODELS) if (model.id === id) await expectUsableAgain(home, model);
});

describe.each(SUBSETS)('$id', (model) => {
  it('gives what PyTorch gives from its complete official files, too', async () => {
    const home = models.newHome();
    await run(home, 'models', 'pull', model.id, '--whole');
    await putInPlace(home, model, '--whole');
    await expectFeatures(home, model);
  });
});
