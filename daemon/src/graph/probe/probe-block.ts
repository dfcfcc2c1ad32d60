import { type CompiledNetwork, compile, type InputShape } from '../compile.js';
import { resnetBlock } from '../layers/resnet-block.js';
import { spatialTransformer } from '../layers/spatial-transformer.js';
import { DIFFUSERS_NAMES } from '../layers/tensor-names.js';
import { timeEmbedding } from '../layers/time-embedding.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { conv2d, nchw, reshape } from '../onnx/ops.js';
import type { GraphTarget } from '../runtime/runtime.js';
import type { Checkpoint } from '../weights/checkpoint.js';
import { surveyNetwork } from './survey-network.js';

/** Levels of Stable Diffusion 2.1's U-Net; each halves the resolution. */
const LEVELS = [
  { channels: 320, heads: 5 },
  { channels: 640, heads: 10 },
  { channels: 1280, heads: 20 },
] as const;
const NORM = { groups: 32, eps: 1e-5 };
const TIMESTEP = 261;

/** Input shapes: the latent of 512×512 pixels and the text states. */
export const PROBE_BLOCK_INPUTS = {
  latent: { dims: [1, 4, 64, 64] },
  text: { dims: [1, 77, 1024] },
} as const satisfies Record<string, InputShape>;

type Inputs = Record<keyof typeof PROBE_BLOCK_INPUTS, Value>;

/** Shapes of the blocks' weights, by name. */
export function probeBlockWeights(): ReadonlyMap<string, readonly number[]> {
  return surveyNetwork(PROBE_BLOCK_INPUTS, wire).weights;
}

/**
 * A residual block and a transformer per level of Stable Diffusion 2.1's encoder, at full size: `latent` and `text` →
 * `features`. Some drivers compute wrong half-precision results only at this size (microsoft/DirectML#380,
 * microsoft/onnxruntime#32569).
 */
export function probeBlocks(checkpoint: Checkpoint, target: GraphTarget): CompiledNetwork {
  return compile(checkpoint, PROBE_BLOCK_INPUTS, wire, target);
}

function wire(b: GraphBuilder, { latent, text }: Inputs): Record<string, Value> {
  const states = reshape(b, text, text.dims.slice(1).map(Number));
  const [{ channels: first }] = LEVELS;
  const e = timeEmbedding(b, 'time_embedding', {
    names: DIFFUSERS_NAMES.timeEmbedding,
    timestep: TIMESTEP,
    sinusoidChannels: first,
    channels: 4 * first,
  });
  let h = conv2d(b, latent, 'conv_in', { outChannels: first, kernel: 3 });
  for (const [level, { channels, heads }] of LEVELS.entries()) {
    const prefix = `down_blocks.${level}`;
    if (level > 0) h = downsample(b, h, prefix);
    h = resnetBlock(b, h, `${prefix}.resnet`, {
      names: DIFFUSERS_NAMES.resnet,
      outChannels: channels,
      norm: NORM,
      timeEmbedding: e,
    });
    h = spatialTransformer(b, h, `${prefix}.attention`, {
      heads,
      groups: NORM.groups,
      blocks: 1,
      linearProjection: true,
      text: states,
    });
  }
  return { features: h };
}

function downsample(b: GraphBuilder, x: Value, prefix: string): Value {
  const [, outChannels] = nchw(x);
  return conv2d(b, x, `${prefix}.downsampler`, { outChannels, kernel: 3, stride: 2 });
}
