import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../src/diffusion/networks/ui-network.js';
import { addNoise, linearSchedule } from '../../src/diffusion/noise-schedule.js';
import { compile, type Wiring } from '../../src/graph/compile.js';
import { admUnet, admUnetConfigSchema } from '../../src/graph/networks/adm-unet.js';
import { elementMatcher, elementMatcherConfigSchema } from '../../src/graph/networks/element-matcher.js';
import { sdUnet, sdUnetConfigSchema } from '../../src/graph/networks/sd-unet.js';
import { sdVaeConfigSchema, sdVaeEncoder } from '../../src/graph/networks/sd-vae-encoder.js';
import { taesdConfigSchema, taesdEncoder } from '../../src/graph/networks/taesd.js';
import { vit } from '../../src/graph/networks/vit.js';
import { vitConfigSchema } from '../../src/graph/networks/vit-config.js';
import { type CompileAt, load, type NdArray, runOnce } from '../../src/graph/runtime/run.js';
import {
  CPU_RUNTIME,
  type GraphTarget,
  type Placement,
  type Provider,
  type Runtime,
} from '../../src/graph/runtime/runtime.js';
import type { Checkpoint } from '../../src/graph/weights/checkpoint.js';
import { readPytorchZip } from '../../src/graph/weights/pytorch.js';
import { readSafetensorsHeader } from '../../src/graph/weights/safetensors.js';
import { readConfig, readTensor, relativeError } from './run-network.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const UI_MODEL = fileURLToPath(new URL('../../models/ui', import.meta.url));

/** A network with the output `features`. */
export interface NetworkCase {
  compileAt: CompileAt;
  /** Inputs of each run. */
  feeds: readonly Record<string, NdArray>[];
  /** Output of the original, averaged over the runs. */
  expected: NdArray;
}

/** The smallest case of every family of networks, by name. */
export const NETWORK_CASES: Readonly<Record<string, () => NetworkCase | Promise<NetworkCase>>> = {
  'SD 1.5-like U-Net': () => sdUnetCase('sd1', 0),
  'SD 2.1-like U-Net': () => sdUnetCase('sd2', 1),
  'autoencoder of Stable Diffusion': () => {
    const { checkpoint, config, reference } = open('sd/vae');
    const parsed = sdVaeConfigSchema.parse(config);
    const wire: Wiring<'image'> = (b, { image }) => ({ features: sdVaeEncoder(b, image, parsed).mean });
    return toCase(checkpoint, wire, { image: reference('image_32x32') }, reference('mean_32x32'));
  },
  TAESD: () => {
    const { checkpoint, config, reference } = open('sd/taesd');
    const parsed = taesdConfigSchema.parse(config);
    const wire: Wiring<'image'> = (b, { image }) => ({ features: taesdEncoder(b, image, parsed) });
    return toCase(checkpoint, wire, { image: reference('image_32x32') }, reference('latent_32x32'));
  },
  'U-Net of guided-diffusion': admCase,
  'vision transformer': () => {
    const { checkpoint, config, reference } = open('vit/dinov2', 'model.safetensors');
    const parsed = vitConfigSchema.parse(config);
    const wire: Wiring<'pixels'> = (b, { pixels }) => ({
      features: vit(b, pixels, parsed, { layer: parsed.layers - 1 }),
    });
    return toCase(checkpoint, wire, { pixels: reference('image_70x70') }, reference('final_70x70'));
  },
  'embedded network': uiCase,
  'matcher of elements': elementsCase,
};

function sdUnetCase(family: string, upFtIndex: number): NetworkCase {
  const folder = join(FIXTURES, 'sd', family);
  const config = sdUnetConfigSchema.parse(readConfig(join(folder, 'unet')));
  const checkpoint = readSafetensorsHeader(join(folder, 'unet/diffusion_pytorch_model.safetensors'));
  const reference = (name: string) => readTensor(join(folder, 'parity.safetensors'), name);
  const wire: Wiring<'latent' | 'text'> = (b, inputs) => ({
    features: sdUnet(b, { ...inputs, timestep: 0 }, config, upFtIndex),
  });
  const feeds = { latent: reference('latent_8x24'), text: reference('text') };
  return toCase(checkpoint, wire, feeds, reference(`features_8x24_${upFtIndex}`));
}

async function admCase(): Promise<NetworkCase> {
  const folder = join(FIXTURES, 'adm/official');
  const config = admUnetConfigSchema.parse(readConfig(folder));
  const checkpoint = await readPytorchZip(join(folder, 'model.pt'));
  const reference = (name: string) => readTensor(join(folder, 'parity.safetensors'), name);
  const image = reference('image_8x8');
  const noise = reference('noise_8x8_t101').data;
  const member = (begin: number) => noise.subarray(begin, begin + image.data.length);
  const feeds = [0, image.data.length].map((begin) => ({
    x: { dims: image.dims, data: addNoise(linearSchedule(), image.data, member(begin), 101) },
  }));
  const wire: Wiring<'x'> = (b, { x }) => ({ features: admUnet(b, { x, timestep: 101 }, config, 1) });
  return {
    compileAt: (target) => compile(checkpoint, { x: image }, wire, target),
    feeds,
    expected: reference('features_8x8_t101_k1'),
  };
}

/** Compared with the CPU, because the smallest image of the original is large for a slow device. */
async function uiCase(): Promise<NetworkCase> {
  const { data } = readTensor(join(FIXTURES, 'ui/parity.safetensors'), 'input_96x160');
  const small = { dims: [1, 3, 32, 64], data: data.subarray(0, 3 * 32 * 64) };
  const compileAt: CompileAt = (target) => compileUiNetwork(filesOf(UI_MODEL), { width: 64, height: 32 }, target);
  const { features } = await runOnce(CPU_RUNTIME, compileAt, { image: small });
  if (features === undefined) throw new Error('the network has features');
  return { compileAt, feeds: [{ image: small }], expected: features };
}

function elementsCase(): NetworkCase {
  const checkpoint = readSafetensorsHeader(join(UI_MODEL, 'elements.safetensors'));
  const config = elementMatcherConfigSchema.parse(JSON.parse(readFileSync(join(UI_MODEL, 'elements.json'), 'utf8')));
  const reference = (name: string) => readTensor(join(FIXTURES, 'ui/parity.safetensors'), name);
  const asColumn = ({ data }: NdArray): NdArray => ({ dims: [data.length, 1], data });
  const maskOf = ({ data }: NdArray): NdArray => ({ dims: [1, data.length], data: new Float32Array(data.length) });
  const [dustbin, otherDustbin] = [reference('elements_none'), reference('other_elements_none')];
  const feeds = {
    descriptors: reference('elements_columns'),
    geometry: reference('elements_geometry'),
    dustbin: asColumn(dustbin),
    mask: maskOf(dustbin),
    otherDescriptors: reference('other_elements_columns'),
    otherGeometry: reference('other_elements_geometry'),
    otherDustbin: asColumn(otherDustbin),
    otherMask: maskOf(otherDustbin),
  };
  const wire: Wiring<keyof typeof feeds> = (b, at) => {
    const source = { descriptors: at.descriptors, geometry: at.geometry, dustbin: at.dustbin, mask: at.mask };
    const target = {
      descriptors: at.otherDescriptors,
      geometry: at.otherGeometry,
      dustbin: at.otherDustbin,
      mask: at.otherMask,
    };
    return { features: elementMatcher(b, source, target, config).logits };
  };
  return toCase(checkpoint, wire, feeds, reference('logits'));
}

function open(family: string, weights = 'diffusion_pytorch_model.safetensors') {
  const folder = join(FIXTURES, family);
  return {
    checkpoint: readSafetensorsHeader(join(folder, weights)),
    config: readConfig(folder),
    reference: (name: string) => readTensor(join(folder, 'parity.safetensors'), name),
  };
}

function toCase<Name extends string>(
  checkpoint: Checkpoint,
  wire: Wiring<Name>,
  feeds: Record<Name, NdArray>,
  expected: NdArray,
): NetworkCase {
  return { compileAt: (target) => compile(checkpoint, feeds, wire, target), feeds: [feeds], expected };
}

/**
 * Runs a case on one provider, with a graph for the same or another one.
 * @returns the relative error against the original, and the placement of the nodes in the first run
 */
export async function runCase(
  { compileAt, feeds, expected }: NetworkCase,
  provider: Provider,
  target: GraphTarget,
): Promise<{ error: number; placement: Placement }> {
  let placement: Placement = new Map();
  const runtime: Runtime = {
    ...target,
    provider,
    notify: (sentence) => {
      throw new Error(sentence);
    },
    onPlacement: (reported) => {
      placement = reported;
    },
  };
  const network = await load(runtime, () => compileAt(target));
  const mean = new Float32Array(expected.data.length);
  for (const feed of feeds) {
    const { data } = await network.run(feed, 'features');
    for (const [i, value] of data.entries()) mean[i] = (mean[i] ?? 0) + value / feeds.length;
  }
  await network.release();
  return { error: relativeError(mean, expected.data), placement };
}
