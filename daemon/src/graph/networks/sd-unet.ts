import * as z from 'zod';
import { eps, size, sizes } from '../config.js';
import { resnetBlock } from '../layers/resnet-block.js';
import { spatialTransformer } from '../layers/spatial-transformer.js';
import { DIFFUSERS_NAMES } from '../layers/tensor-names.js';
import { timeEmbedding } from '../layers/time-embedding.js';
import { type GraphBuilder, onlyValue, pickValues, type Value } from '../onnx/graph-builder.js';
import { concatChannels, conv2d, nchw, reshape, resizeNearest } from '../onnx/ops.js';

/** A setting with one supported value: others describe networks that are not Stable Diffusion 1.x or 2.x. */
const absent = z.null().optional();

/**
 * `unet/config.json` of a diffusers checkpoint (`UNet2DConditionModel`), Stable Diffusion 1.x or 2.x.
 * Despite its name, `attention_head_dim` is the number of heads.
 */
export const sdUnetConfigSchema = z
  .object({
    in_channels: size.default(4),
    block_out_channels: sizes.min(1).default([320, 640, 1280, 1280]),
    down_block_types: z.array(z.enum(['CrossAttnDownBlock2D', 'DownBlock2D'])),
    mid_block_type: z.literal('UNetMidBlock2DCrossAttn').default('UNetMidBlock2DCrossAttn'),
    up_block_types: z.array(z.enum(['CrossAttnUpBlock2D', 'UpBlock2D'])),
    layers_per_block: size.default(2),
    transformer_layers_per_block: size.default(1),
    attention_head_dim: z.union([size, sizes]).default(8),
    cross_attention_dim: size,
    use_linear_projection: z.boolean().default(false),
    norm_num_groups: size.default(32),
    norm_eps: eps.default(1e-5),
    act_fn: z.literal('silu').default('silu'),
    flip_sin_to_cos: z.literal(true).default(true),
    freq_shift: z.literal(0).default(0),
    downsample_padding: z.literal(1).default(1),
    mid_block_scale_factor: z.literal(1).default(1),
    center_input_sample: z.literal(false).default(false),
    dual_cross_attention: z.literal(false).default(false),
    only_cross_attention: z.literal(false).default(false),
    resnet_time_scale_shift: z.literal('default').default('default'),
    class_embed_type: absent,
    addition_embed_type: absent,
    encoder_hid_dim_type: absent,
    num_attention_heads: absent,
    num_class_embeds: absent,
    time_cond_proj_dim: absent,
  })
  .refine(
    ({ block_out_channels: { length }, down_block_types: down, up_block_types: up, attention_head_dim: heads }) =>
      [down, up, ...(typeof heads === 'number' ? [] : [heads])].every((list) => list.length === length),
    'block_out_channels, down_block_types, up_block_types and attention_head_dim name different numbers of blocks',
  );
export type SdUnetConfig = z.infer<typeof sdUnetConfigSchema>;

export interface SdUnetInputs {
  /** Noisy latent (1, in_channels, h, w). */
  latent: Value;
  /** Text states (1, tokens, cross_attention_dim). If constant, ONNX Runtime folds their keys and values at load. */
  text: Value;
  /** Timestep; may be fractional. */
  timestep: number;
}

/**
 * The U-Net of Stable Diffusion up to `up_blocks[upFtIndex]`, its upsampler included: the feature map of DIFT
 * (Tang et al., 2023, section 4). Odd latent sizes are handled as in diffusers.
 * @returns (1, c, h', w')
 * @throws RangeError for a block that does not exist
 */
export function sdUnet(b: GraphBuilder, inputs: SdUnetInputs, config: SdUnetConfig, upFtIndex: number): Value {
  return onlyValue(sdUnetBlocks(b, inputs, config, [upFtIndex]));
}

/** The feature maps of several up blocks, in the order of `upFtIndices`. The graph ends after the last one. */
export function sdUnetBlocks(
  b: GraphBuilder,
  inputs: SdUnetInputs,
  config: SdUnetConfig,
  upBlocks: readonly number[],
): Value[] {
  const blocks = config.up_block_types.length;
  const missing = upBlocks.find((block) => !Number.isInteger(block) || block < 0 || block >= blocks);
  if (missing !== undefined) {
    throw new RangeError(`The network has up blocks 0 to ${blocks - 1}; there is no ${missing}`);
  }
  const wiring = new SdUnetWiring(b, inputs, config);
  const { h, skips } = wiring.down(wiring.convIn(inputs.latent));
  const maps = wiring.up(wiring.mid(h), skips, Math.max(...upBlocks));
  return pickValues(maps, upBlocks);
}

class SdUnetWiring {
  readonly #b: GraphBuilder;
  readonly #config: SdUnetConfig;
  readonly #text: Value;
  readonly #e: Value;
  readonly #levels: number;

  constructor(b: GraphBuilder, { text, timestep }: SdUnetInputs, config: SdUnetConfig) {
    this.#b = b;
    this.#config = config;
    this.#text = reshape(b, text, text.dims.slice(1).map(Number));
    this.#levels = config.block_out_channels.length;
    this.#e = timeEmbedding(b, 'time_embedding', {
      names: DIFFUSERS_NAMES.timeEmbedding,
      timestep,
      sinusoidChannels: this.#channels(0),
      channels: 4 * this.#channels(0),
    });
  }

  convIn(latent: Value): Value {
    return conv2d(this.#b, latent, 'conv_in', { outChannels: this.#channels(0), kernel: 3 });
  }

  down(x: Value): { h: Value; skips: Value[] } {
    let h = x;
    const skips = [h];
    for (let level = 0; level < this.#levels; level++) {
      const prefix = `down_blocks.${level}`;
      const attends = this.#config.down_block_types[level] === 'CrossAttnDownBlock2D';
      for (let layer = 0; layer < this.#config.layers_per_block; layer++) {
        h = this.#layer(h, prefix, layer, level, attends);
        skips.push(h);
      }
      if (level < this.#levels - 1) {
        const options = { outChannels: this.#channels(level), kernel: 3, stride: 2 };
        h = conv2d(this.#b, h, `${prefix}.downsamplers.0.conv`, options);
        skips.push(h);
      }
    }
    return { h, skips };
  }

  mid(x: Value): Value {
    const level = this.#levels - 1;
    const h = this.#layer(x, 'mid_block', 0, level, true);
    return this.#resnet(h, 'mid_block.resnets.1', level);
  }

  /** Outputs of the blocks up to `last`. Pops `skips` from the end. */
  up(x: Value, skips: Value[], last: number): Value[] {
    const maps: Value[] = [];
    let h = x;
    for (let block = 0; block <= last; block++) {
      const level = this.#levels - 1 - block;
      const prefix = `up_blocks.${block}`;
      const attends = this.#config.up_block_types[block] === 'CrossAttnUpBlock2D';
      for (let layer = 0; layer <= this.#config.layers_per_block; layer++) {
        const skip = skips.pop();
        if (skip === undefined) throw new Error('the decoder needs one skip connection per encoder output');
        h = this.#layer(concatChannels(this.#b, [h, skip]), prefix, layer, level, attends);
      }
      const next = skips.at(-1);
      if (next !== undefined) h = this.#upsample(h, next, `${prefix}.upsamplers.0.conv`);
      maps.push(h);
    }
    return maps;
  }

  /** Upsamples to the size of the next skip connection: twice the size, or one less for odd sizes. */
  #upsample(x: Value, next: Value, prefix: string): Value {
    const [, outChannels] = nchw(x);
    const [, , height, width] = nchw(next);
    return conv2d(this.#b, resizeNearest(this.#b, x, { height, width }), prefix, { outChannels, kernel: 3 });
  }

  #layer(x: Value, prefix: string, layer: number, level: number, attends: boolean): Value {
    const h = this.#resnet(x, `${prefix}.resnets.${layer}`, level);
    if (!attends) return h;
    return spatialTransformer(this.#b, h, `${prefix}.attentions.${layer}`, {
      heads: this.#heads(level),
      groups: this.#config.norm_num_groups,
      blocks: this.#config.transformer_layers_per_block,
      linearProjection: this.#config.use_linear_projection,
      text: this.#text,
    });
  }

  #resnet(x: Value, prefix: string, level: number): Value {
    return resnetBlock(this.#b, x, prefix, {
      names: DIFFUSERS_NAMES.resnet,
      outChannels: this.#channels(level),
      norm: { groups: this.#config.norm_num_groups, eps: this.#config.norm_eps },
      timeEmbedding: this.#e,
    });
  }

  #heads(level: number): number {
    const heads = this.#config.attention_head_dim;
    return typeof heads === 'number' ? heads : this.#atLevel(heads, level);
  }

  #channels(level: number): number {
    return this.#atLevel(this.#config.block_out_channels, level);
  }

  #atLevel(list: readonly number[], level: number): number {
    const value = list[level];
    if (value === undefined) throw new Error(`the network has no level ${level}`);
    return value;
  }
}
