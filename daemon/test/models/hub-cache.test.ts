import { copyFileSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { openSdCheckpoint } from '../../src/diffusion/networks/sd-checkpoint.js';
import { promptStates } from '../../src/diffusion/prompt/prompt-states.js';
import { addModel } from '../../src/models/add-model.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { removeModel } from '../../src/models/files/remove-model.js';
import { verifyModel } from '../../src/models/files/verify-model.js';
import type { ModelEnvironment } from '../../src/models/model-environment.js';
import { findModelFiles, modelOf, modelState, resolveModel } from '../../src/models/resolve-model.js';
import { type CacheLayout, writeHubCache } from '../support/hub-cache-layout.js';
import { readTensor, relativeError } from '../support/run-network.js';
import { ModelRoom } from './model-room.js';
import { smallSd21 } from './small-sd.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const ID = 'sd21';
const EXPECTED = readTensor(`${FIXTURES}/text/sd2/parity.safetensors`, 'states_0').data;

let room: ModelRoom;
beforeEach(async () => {
  room = await ModelRoom.open();
});
afterEach(() => room.close());

const environmentOf = (env: NodeJS.ProcessEnv = {}) => room.environment({ catalogue: [smallSd21().model], env });

/** Opens the model as features do, and gives the states of the empty prompt and where the U-Net's weights are. */
async function open(environment: ModelEnvironment) {
  const resolved = resolveModel(ID, {}, environment);
  if (!resolved.ok) throw resolved.error;
  const { unet, text } = openSdCheckpoint(resolved.files);
  const states = await promptStates(text, '', 64, join(room.folder, 'prompts'));
  const [tensor] = unet.checkpoint.tensors.values();
  return { error: relativeError(states.data, EXPECTED), weights: join(unet.checkpoint.folder, tensor?.file ?? '') };
}

describe('Stable Diffusion computes the expected features', () => {
  it('after a pull, and again without a network', async () => {
    room.hub.putRepository(smallSd21().repository);
    await pullModel(ID, {}, environmentOf());
    const requests = room.hub.requests.length;
    for (const env of [{}, { HF_HUB_OFFLINE: '1' }]) {
      expect((await open(environmentOf(env))).error).toBeLessThan(1e-4);
    }
    expect(room.hub.requests).toHaveLength(requests);
    expect((await verifyModel(ID, environmentOf())).map(({ status }) => status)).not.toContain('damaged');
  });

  it.each<[string, CacheLayout]>([
    ['with links', {}],
    ['with links, requested by branch', { branch: 'main' }],
    ['without links, as on Windows', { symlinks: false }],
    ['with the store that repositories share', { sharedBlobs: true }],
  ])('from a huggingface_hub cache, %s', async (_, layout) => {
    const { repository } = smallSd21();
    const snapshot = writeHubCache(room.environment().at.hubCache, repository, layout);
    const environment = environmentOf({ HF_HUB_OFFLINE: '1' });
    expect(modelState(modelOf(ID, environment), environment)).toBe('ready');
    const { files } = findModelFiles(modelOf(ID, environment), {}, environment);
    expect([...files.values()].filter((path) => !path.startsWith(snapshot))).toEqual([]);
    const { error, weights } = await open(environment);
    expect(error).toBeLessThan(1e-4);
    // ONNX Runtime follows no links
    expect(weights).toBe(realpathSync(weights));
    expect((await verifyModel(ID, environment)).map(({ status }) => status)).not.toContain('damaged');
    const before = room.files().length;
    expect((await removeModel(ID, environment)).removed).toEqual([]);
    expect(room.files().length).toBeGreaterThanOrEqual(before);
  });

  it('from a snapshot of such a cache, given as a folder', async () => {
    const snapshot = writeHubCache(join(room.folder, 'elsewhere'), smallSd21().repository);
    const { text } = openSdCheckpoint(filesOf(snapshot));
    const { data } = await promptStates(text, '', 64, join(room.folder, 'prompts'));
    expect(relativeError(data, EXPECTED)).toBeLessThan(1e-4);
  });

  it('from a registered snapshot of such a cache', async () => {
    const { repository } = smallSd21();
    const snapshot = writeHubCache(join(room.folder, 'elsewhere'), repository);
    await addModel(ID, snapshot, environmentOf());
    expect((await open(environmentOf())).error).toBeLessThan(1e-4);
  });
});

it('a pull without the pad token of the tokenizer is partial, and another pull fetches only the missing file', async () => {
  const { repository } = smallSd21();
  const missing = ['tokenizer/tokenizer_config.json', 'tokenizer/special_tokens_map.json'];
  const early = { ...repository, files: repository.files.filter(({ path }) => !missing.includes(path)) };
  writeHubCache(room.environment().at.hubCache, early);
  const environment = environmentOf();
  expect(modelState(modelOf(ID, environment), environment)).toBe('partial');
  await expect(open(environment)).rejects.toMatchObject({ hint: `Run: samepoint models pull ${ID}` });
  room.hub.putRepository(repository);
  expect((await pullModel(ID, {}, environment)).fetched).toEqual(missing);
  expect((await open(environment)).error).toBeLessThan(1e-4);
});

it('a single file in a cache uses the configuration beside its link, not the one beside its blob', async () => {
  const unet = readFileSync(`${FIXTURES}/sd/sd2/unet/diffusion_pytorch_model.safetensors`);
  const config = readFileSync(`${FIXTURES}/sd/sd2/unet/config.json`);
  const snapshot = writeHubCache(join(room.folder, 'hub'), {
    repository: 'org/unet',
    commit: 'a'.repeat(40),
    files: [
      { path: 'cleandift.safetensors', content: unet, isLarge: true },
      { path: 'config.json', content: config, isLarge: false },
    ],
  });
  const path = join(snapshot, 'cleandift.safetensors');
  copyFileSync(`${FIXTURES}/sd/sd1/unet/config.json`, join(dirname(realpathSync(path)), 'config.json'));
  const files = new Map(
    ['config.json', 'diffusion_pytorch_model.safetensors'].map((name) => [`vae/${name}`, `${FIXTURES}/sd/vae/${name}`]),
  );
  const opened = openSdCheckpoint(new Map([...files, ['model.safetensors', path]]));
  expect(opened.unet.config.cross_attention_dim).toBe(JSON.parse(config.toString()).cross_attention_dim);
});
