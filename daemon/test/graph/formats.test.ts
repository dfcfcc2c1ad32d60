import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { openVit } from '../../src/diffusion/networks/network-checkpoints.js';
import { openSdCheckpoint } from '../../src/diffusion/networks/sd-checkpoint.js';
import { sdUnet } from '../../src/graph/networks/sd-unet.js';
import { vit } from '../../src/graph/networks/vit.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { openWeights, weightsFilesAt } from '../../src/graph/weights/weights.js';
import { writeHubCache } from '../support/hub-cache-layout.js';
import { readTensor, relativeError, runNetwork } from '../support/run-network.js';
import { useTempFolder } from '../support/temp-folder.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const FORMATS = join(FIXTURES, 'formats');
const VAE = new Map([...filesOf(join(FIXTURES, 'sd/vae'))].map(([name, path]) => [`vae/${name}`, path]));
const SHARDED = join(FORMATS, 'unet/sharded/unet');
const INDEX = 'diffusion_pytorch_model.safetensors.index.json';
const FIRST = 'diffusion_pytorch_model-00001-of-00002.safetensors';
const SECOND = 'diffusion_pytorch_model-00002-of-00002.safetensors';

const folder = useTempFolder();
let count = 0;

function copy(from: string): string {
  const to = folder.path(`copy-${count++}`);
  cpSync(from, to, { recursive: true });
  return to;
}

function refusal(action: () => unknown): SamepointError {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof SamepointError) return thrown;
    throw thrown;
  }
  throw new TypeError('expected a refusal');
}

describe('a U-Net of Stable Diffusion has the features of diffusers, as', () => {
  it.each([
    ['a folder in several safetensors files', 'sharded'],
    ['a folder in several files of half precision', 'sharded-fp16'],
    ['a folder with a .bin file', 'bin'],
    ['a folder in several .bin files', 'bin-sharded'],
    ["PyTorch Lightning's .ckpt in the original layout", 'original/original.ckpt'],
  ])('%s', async (_what, path) => {
    await expectFeatures(join(FORMATS, 'unet', path));
  });

  it('several files in the shared store of a Hugging Face cache', async () => {
    const files = ['config.json', INDEX, FIRST, SECOND].map((name) => ({
      path: `unet/${name}`,
      content: readFileSync(join(SHARDED, name)),
      isLarge: name.endsWith('.safetensors'),
    }));
    const repository = { repository: 'org/sharded', commit: 'a'.repeat(40), files };
    const snapshot = writeHubCache(folder.path('shared'), repository, { sharedBlobs: true });
    expect(openWeights(join(snapshot, 'unet', INDEX)).folder).toBe(folder.path('shared/blobs'));
    await expectFeatures(snapshot);
  });
});

async function expectFeatures(checkpoint: string): Promise<void> {
  const { unet } = openSdCheckpoint(new Map([...VAE, ...filesOf(checkpoint)]));
  const reference = join(FORMATS, 'unet/parity.safetensors');
  const inputs = { latent: readTensor(reference, 'latent'), text: readTensor(reference, 'text') };
  const features = await runNetwork(unet.checkpoint, inputs, (b, input) => {
    const up = (block: number) =>
      sdUnet(b, { latent: input('latent'), text: input('text'), timestep: 0 }, unet.config, block);
    return { up_0: up(0), up_1: up(1) };
  });
  for (const [name, { data }] of Object.entries(features)) {
    expect(relativeError(data, readTensor(reference, name).data), name).toBeLessThan(1e-4);
  }
}

describe('a vision transformer has the features of transformers, as', () => {
  it.each([
    ['the safetensors folder of transformers', 'dinov2', 'dinov2'],
    ['a folder with a pytorch_model.bin', 'dinov2/bin', 'dinov2'],
    ['a folder in several files', 'dinov2/sharded', 'dinov2'],
    ["DINOv2's official .pth", 'dinov2/official/pretrain.pth', 'dinov2'],
    ['a .pth as torch wrote it before 1.6', 'dinov2/official/legacy.pth', 'dinov2'],
    ["the teacher of DINOv2's training, its blocks in chunks", 'dinov2/official/teacher_checkpoint.pth', 'dinov2'],
    ["the teacher in DINO's full checkpoint", 'dinov2/official/full_checkpoint.pth', 'dinov2'],
    ['transformers’ DINOv2 giant, with SwiGLU', 'dinov2-swiglu', 'dinov2-swiglu'],
    ['the official DINOv2 giant, with SwiGLU', 'dinov2-swiglu/official/pretrain.pth', 'dinov2-swiglu'],
    ['the vision model of CLIP alone', 'clip-vision', 'clip-vision'],
    ['a whole CLIP of transformers', 'clip', 'clip'],
  ])('%s', async (_what, path, reference) => {
    const tensors = join(FORMATS, reference, 'parity.safetensors');
    const names = [...readSafetensorsHeader(tensors).tensors.keys()];
    const { checkpoint, config } = openVit(filesOf(join(FORMATS, path)));
    for (const size of names.flatMap((name) => /^image_(.*)/.exec(name)?.slice(1) ?? [])) {
      const wanted = names.filter((name) => !name.startsWith('image') && name.endsWith(`_${size}`));
      const inputs = { pixels: readTensor(tensors, `image_${size}`) };
      const features = await runNetwork(checkpoint, inputs, (b, input) =>
        Object.fromEntries(
          wanted.map((name) => {
            const finalNorm = name.startsWith('final');
            const layer = finalNorm ? config.layers - 1 : Number(/\d+/.exec(name)?.[0]);
            return [name, vit(b, input('pixels'), config, { layer, finalNorm })];
          }),
        ),
      );
      expect(wanted).toHaveLength(config.layers + 1);
      for (const name of wanted) {
        const { data } = features[name] ?? { data: new Float32Array(0) };
        expect(relativeError(data, readTensor(tensors, name).data), name).toBeLessThan(1e-4);
      }
    }
  });

  it('uses the configuration of its library in a folder with both', () => {
    const both = folder.path('both');
    cpSync(join(FIXTURES, 'vit/openclip-gelu'), both, { recursive: true });
    cpSync(join(FORMATS, 'clip/config.json'), join(both, 'config.json'));
    expect(openVit(filesOf(both)).config.channels).toBe(48);
    cpSync(join(FORMATS, 'clip/model.safetensors'), join(both, 'model.safetensors'));
    expect(openVit(filesOf(both)).config.channels).toBe(32);
  });

  it('needs a configuration with transformers’ names', () => {
    const alone = folder.path('alone.safetensors');
    cpSync(join(FORMATS, 'dinov2/model.safetensors'), alone);
    expect(refusal(() => openVit(new Map([['model.safetensors', alone]]))).message).toContain('config.json');
  });
});

describe('weights in several files', () => {
  it('open by their index or any shard', () => {
    const byIndex = openWeights(join(SHARDED, INDEX));
    for (const shard of [FIRST, SECOND]) {
      expect(openWeights(join(SHARDED, shard)).tensors).toEqual(byIndex.tensors);
      expect(weightsFilesAt(join(SHARDED, shard)).sort()).toEqual([FIRST, SECOND].map((name) => join(SHARDED, name)));
    }
    expect(new Set([...byIndex.tensors.values()].map(({ file }) => file))).toEqual(new Set([FIRST, SECOND]));
    expect(weightsFilesAt(join(SHARDED, INDEX))).toEqual([INDEX, FIRST, SECOND].map((name) => join(SHARDED, name)));
  });

  it('open without their index', () => {
    const at = copy(SHARDED);
    rmSync(join(at, INDEX));
    const path = filesOf(at).get('diffusion_pytorch_model.safetensors') ?? '';
    expect(openWeights(path).tensors).toEqual(openWeights(join(SHARDED, INDEX)).tensors);
  });

  it('open from a Hugging Face cache, where they are named by hash', () => {
    const [blobs, snapshot] = [folder.path('hub/blobs'), folder.path('hub/snapshots/commit')];
    for (const made of [blobs, snapshot]) mkdirSync(made, { recursive: true });
    for (const [n, name] of [INDEX, FIRST, SECOND].entries()) {
      cpSync(join(SHARDED, name), join(blobs, `hash${n}`));
      symlinkSync(join(blobs, `hash${n}`), join(snapshot, name));
    }
    const opened = openWeights(filesOf(snapshot).get('diffusion_pytorch_model.safetensors') ?? '');
    expect(opened.folder).toBe(blobs);
    expect(new Set([...opened.tensors.values()].map(({ file }) => file))).toEqual(new Set(['hash1', 'hash2']));
  });

  it('report the missing file', () => {
    const at = copy(SHARDED);
    renameSync(join(at, SECOND), join(at, 'elsewhere'));
    for (const name of [INDEX, FIRST]) {
      expect(refusal(() => openWeights(join(at, name))).message).toContain(`${SECOND} is missing`);
    }
  });

  it.each<[string, (at: string) => void, RegExp]>([
    ['no JSON', (at) => writeFileSync(join(at, INDEX), '{"weight_map":'), /it is not JSON \(line 1, column 15/],
    ['a web page', (at) => writeFileSync(join(at, INDEX), '<html></html>'), /is a web page/],
    ['no weights', (at) => writeFileSync(join(at, INDEX), '{"weight_map":{}}'), /names no files/],
    ['files elsewhere', (at) => changeIndex(at, () => '../secret.safetensors'), /not in its folder/],
    ['a folder', (at) => changeIndex(at, () => '..'), /not in its folder/],
    [
      'tensors in the wrong file',
      (at) => changeIndex(at, (shard) => (shard === FIRST ? SECOND : FIRST)),
      /has no tensor "conv_in/,
    ],
    ['more than any index', (at) => truncateSync(join(at, INDEX), 100_000_001), /it has 100000001 bytes/],
  ])('are rejected when the index contains %s', (_what, damage, reason) => {
    const at = copy(SHARDED);
    damage(at);
    expect(refusal(() => openWeights(join(at, INDEX))).message).toMatch(reason);
  });
});

function changeIndex(at: string, change: (shard: string) => string): void {
  const index: { weight_map: Record<string, string> } = JSON.parse(readFileSync(join(at, INDEX), 'utf8'));
  const changed = Object.entries(index.weight_map).map(([name, shard]) => [name, change(shard)]);
  writeFileSync(join(at, INDEX), JSON.stringify({ weight_map: Object.fromEntries(changed) }));
}
