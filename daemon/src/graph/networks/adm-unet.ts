import * as z from 'zod';
import { size, sizes } from '../config.js';
import { attentionBlock } from '../layers/attention.js';
import { resnetBlock } from '../layers/resnet-block.js';
import { GUIDED_DIFFUSION_NAMES } from '../layers/tensor-names.js';
import { timeEmbedding } from '../layers/time-embedding.js';
import { type GraphBuilder, onlyValue, pickValues, type Value } from '../onnx/graph-builder.js';
import { averagePool2, concatChannels, conv2d, nchw, upsample } from '../onnx/ops.js';

const NORM = { groups: 32, eps: 1e-5 };

/** Arguments of guided-diffusion's `UNetModel`. */
export const admUnetConfigSchema = z.object({
  in_channels: size.default(3),
  model_channels: size,
  num_res_blocks: size,
  /** Downsampling factors with attention; its command line has sizes in pixels instead. */
  attention_resolutions: sizes,
  channel_mult: sizes.min(1),
  conv_resample: z.boolean().default(true),
  num_classes: z.null().default(null),
  num_heads: size.default(1),
  /** −1: use `num_heads`. */
  num_head_channels: z.union([z.literal(-1), size]).default(-1),
  /** −1: same as the encoder. */
  num_heads_upsample: z.union([z.literal(-1), size]).default(-1),
  use_scale_shift_norm: z.boolean().default(false),
  resblock_updown: z.boolean().default(false),
  use_new_attention_order: z.boolean().default(false),
});
export type AdmUnetConfig = z.infer<typeof admUnetConfigSchema>;

/** The network of `256x256_diffusion_uncond.pt`, which DIFT uses (the flags in guided-diffusion's README). */
export const ADM_256_UNCONDITIONAL: AdmUnetConfig = admUnetConfigSchema.parse({
  model_channels: 256,
  num_res_blocks: 2,
  attention_resolutions: [8, 16, 32],
  channel_mult: [1, 1, 2, 2, 4, 4],
  num_head_channels: 64,
  use_scale_shift_norm: true,
  resblock_updown: true,
});

export interface AdmUnetInputs {
  /** Noisy image (1, in_channels, H, W). */
  x: Value;
  /** Diffusion time. */
  timestep: number;
}

/**
 * The U-Net of guided-diffusion (Dhariwal & Nichol, 2021) up to `output_blocks[outputBlock]`: the feature map of DIFT_adm.
 * @returns (1, c, h, w)
 * @throws RangeError for a block that does not exist, or a size that is no multiple of the total downsampling
 * @internal for tests and benchmarks
 */
export function admUnet(b: GraphBuilder, inputs: AdmUnetInputs, config: AdmUnetConfig, outputBlock: number): Value {
  return onlyValue(admUnetBlocks(b, inputs, config, [outputBlock]));
}

/** The feature maps of several output blocks, in the order of `outputBlocks`. The graph ends after the last one. */
export function admUnetBlocks(
  b: GraphBuilder,
  inputs: AdmUnetInputs,
  config: AdmUnetConfig,
  outputBlocks: readonly number[],
): Value[] {
  const blocks = config.channel_mult.length * (config.num_res_blocks + 1);
  const missing = outputBlocks.find((block) => !Number.isInteger(block) || block < 0 || block >= blocks);
  if (missing !== undefined) {
    throw new RangeError(`The network has output blocks 0 to ${blocks - 1}; there is no ${missing}`);
  }
  const [, , height, width] = nchw(inputs.x);
  const multiple = 2 ** (config.channel_mult.length - 1);
  if (height % multiple !== 0 || width % multiple !== 0) {
    throw new RangeError(`${width}×${height} is not a multiple of ${multiple}`);
  }
  const wiring = new AdmUnetWiring(b, inputs.timestep, config);
  const { h, skips } = wiring.down(inputs.x);
  const maps = wiring.up(wiring.mid(h), skips, Math.max(...outputBlocks));
  return pickValues(maps, outputBlocks);
}

type Resample = 'up' | 'down';

class AdmUnetWiring {
  readonly #b: GraphBuilder;
  readonly #config: AdmUnetConfig;
  readonly #e: Value;
  readonly #levels: number;

  constructor(b: GraphBuilder, timestep: number, config: AdmUnetConfig) {
    this.#b = b;
    this.#config = config;
    this.#levels = config.channel_mult.length;
    this.#e = timeEmbedding(b, 'time_embed', {
      names: GUIDED_DIFFUSION_NAMES.timeEmbedding,
      timestep,
      sinusoidChannels: config.model_channels,
      channels: 4 * config.model_channels,
    });
  }

  down(x: Value): { h: Value; skips: Value[] } {
    let h = conv2d(this.#b, x, 'input_blocks.0.0', { outChannels: this.#channels(0), kernel: 3 });
    const skips = [h];
    for (let level = 0; level < this.#levels; level++) {
      for (let block = 0; block < this.#config.num_res_blocks; block++) {
        const prefix = `input_blocks.${skips.length}`;
        h = this.#resnet(h, `${prefix}.0`, this.#channels(level));
        if (this.#attends(level)) h = this.#attention(h, `${prefix}.1`, this.#config.num_heads);
        skips.push(h);
      }
      if (level < this.#levels - 1) {
        h = this.#resample(h, `input_blocks.${skips.length}.0`, 'down');
        skips.push(h);
      }
    }
    return { h, skips };
  }

  mid(x: Value): Value {
    const channels = this.#channels(this.#levels - 1);
    const h = this.#resnet(x, 'middle_block.0', channels);
    return this.#resnet(this.#attention(h, 'middle_block.1', this.#config.num_heads), 'middle_block.2', channels);
  }

  /** Outputs of the blocks up to `last`. Pops `skips` from the end. */
  up(x: Value, skips: Value[], last: number): Value[] {
    const { num_res_blocks: resBlocks, num_heads: heads, num_heads_upsample: upHeads } = this.#config;
    const maps: Value[] = [];
    let h = x;
    for (let block = 0; block <= last; block++) {
      const level = this.#levels - 1 - Math.floor(block / (resBlocks + 1));
      const skip = skips.pop();
      if (skip === undefined) throw new Error('the decoder needs one skip connection per encoder output');
      let part = 0;
      const next = () => `output_blocks.${block}.${part++}`;
      h = this.#resnet(concatChannels(this.#b, [h, skip]), next(), this.#channels(level));
      if (this.#attends(level)) h = this.#attention(h, next(), upHeads === -1 ? heads : upHeads);
      const lastOfLevel = block % (resBlocks + 1) === resBlocks;
      if (level > 0 && lastOfLevel) h = this.#resample(h, next(), 'up');
      maps.push(h);
    }
    return maps;
  }

  #resample(x: Value, prefix: string, direction: Resample): Value {
    const [, outChannels] = nchw(x);
    const { resblock_updown: inResnet, conv_resample: convolve } = this.#config;
    if (inResnet) return this.#resnet(x, prefix, outChannels, direction);
    if (direction === 'down') {
      return convolve
        ? conv2d(this.#b, x, `${prefix}.op`, { outChannels, kernel: 3, stride: 2 })
        : averagePool2(this.#b, x);
    }
    const larger = upsample(this.#b, x, 2, 'nearest');
    return convolve ? conv2d(this.#b, larger, `${prefix}.conv`, { outChannels, kernel: 3 }) : larger;
  }

  #resnet(x: Value, prefix: string, outChannels: number, resample?: Resample): Value {
    return resnetBlock(this.#b, x, prefix, {
      names: GUIDED_DIFFUSION_NAMES.resnet,
      outChannels,
      norm: NORM,
      timeEmbedding: this.#e,
      timeConditioning: this.#config.use_scale_shift_norm ? 'scale-shift' : 'shift',
      ...(resample === undefined ? {} : { resample }),
    });
  }

  #attention(x: Value, prefix: string, heads: number): Value {
    const { num_head_channels: headChannels, use_new_attention_order: newOrder } = this.#config;
    const names = GUIDED_DIFFUSION_NAMES.attention;
    const order = newOrder ? ('qkv-head' as const) : names.projections.order;
    return attentionBlock(this.#b, x, prefix, {
      names: { ...names, projections: { ...names.projections, order } },
      heads: headChannels === -1 ? heads : nchw(x)[1] / headChannels,
      norm: NORM,
    });
  }

  #attends(level: number): boolean {
    return this.#config.attention_resolutions.includes(2 ** level);
  }

  #channels(level: number): number {
    const factor = this.#config.channel_mult[level];
    if (factor === undefined) throw new Error(`the network has no level ${level}`);
    return factor * this.#config.model_channels;
  }
}
