import * as z from 'zod';
import { scale, size, sizes } from '../config.js';
import { attentionBlock } from '../layers/attention.js';
import { resnetBlock } from '../layers/resnet-block.js';
import { DIFFUSERS_NAMES, OLD_DIFFUSERS_ATTENTION } from '../layers/tensor-names.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { conv2d, groupNorm, silu, split } from '../onnx/ops.js';

const NORM_EPS = 1e-6;
/** diffusers clamps the log-variance to this range. */
const LOG_VARIANCE_RANGE = { min: -30, max: 20 };
/** Downsamplers pad one row and one column of zeros, at the bottom and right only. */
const DOWNSAMPLE_PADDING = { top: 0, left: 0, bottom: 1, right: 1 };

/** `vae/config.json` of a diffusers checkpoint (`AutoencoderKL`). */
export const sdVaeConfigSchema = z.object({
  in_channels: size.default(3),
  latent_channels: size.default(4),
  block_out_channels: sizes.min(1),
  down_block_types: z.array(z.literal('DownEncoderBlock2D')),
  layers_per_block: size.default(1),
  norm_num_groups: size.default(32),
  act_fn: z.literal('silu').default('silu'),
  use_quant_conv: z.boolean().default(true),
  mid_block_add_attention: z.boolean().default(true),
  /** Factor of the latent before noise is added. */
  scaling_factor: scale.default(0.18215),
});
export type SdVaeConfig = z.infer<typeof sdVaeConfigSchema>;

/**
 * The encoder of Stable Diffusion's autoencoder: image (1,3,H,W) in [−1,1] → mean and log-variance of the latent,
 * each (1, latent_channels, H/8, W/8), not yet scaled by `scaling_factor`.
 */
export function sdVaeEncoder(b: GraphBuilder, image: Value, config: SdVaeConfig): { mean: Value; logVariance: Value } {
  const moments = 2 * config.latent_channels;
  let h = encode(b, image, config, moments);
  if (config.use_quant_conv) h = conv2d(b, h, 'quant_conv', { outChannels: moments, kernel: 1 });
  const [mean, unlimited] = split(b, h, 1, 2);
  if (mean === undefined || unlimited === undefined) throw new Error('Split has two outputs');
  const { min, max } = LOG_VARIANCE_RANGE;
  const limits = [b.constant([], Float32Array.of(min)), b.constant([], Float32Array.of(max))];
  return { mean, logVariance: b.node('Clip', [unlimited, ...limits], unlimited.dims) };
}

function encode(b: GraphBuilder, image: Value, config: SdVaeConfig, outChannels: number): Value {
  const { block_out_channels: channels, norm_num_groups: groups } = config;
  const norm = { groups, eps: NORM_EPS };
  const [first = 0] = channels;
  const last = channels.at(-1) ?? 0;
  const resnet = (x: Value, prefix: string, width: number) =>
    resnetBlock(b, x, `encoder.${prefix}`, { names: DIFFUSERS_NAMES.resnet, outChannels: width, norm });

  let h = conv2d(b, image, 'encoder.conv_in', { outChannels: first, kernel: 3 });
  for (const [level, width] of channels.entries()) {
    const prefix = `down_blocks.${level}`;
    for (let layer = 0; layer < config.layers_per_block; layer++) h = resnet(h, `${prefix}.resnets.${layer}`, width);
    if (level < channels.length - 1) h = downsample(b, h, `encoder.${prefix}.downsamplers.0.conv`, width);
  }
  h = resnet(h, 'mid_block.resnets.0', last);
  if (config.mid_block_add_attention) h = midAttention(b, h, 'encoder.mid_block.attentions.0', norm);
  h = resnet(h, 'mid_block.resnets.1', last);
  return conv2d(b, silu(b, groupNorm(b, h, 'encoder.conv_norm_out', norm)), 'encoder.conv_out', {
    outChannels,
    kernel: 3,
  });
}

function downsample(b: GraphBuilder, x: Value, prefix: string, outChannels: number): Value {
  return conv2d(b, x, prefix, { outChannels, kernel: 3, stride: 2, padding: DOWNSAMPLE_PADDING });
}

function midAttention(b: GraphBuilder, x: Value, prefix: string, norm: { groups: number; eps: number }): Value {
  const old = b.hasWeight(`${prefix}.${OLD_DIFFUSERS_ATTENTION.out}.weight`);
  const names = old ? OLD_DIFFUSERS_ATTENTION : DIFFUSERS_NAMES.attention;
  return attentionBlock(b, x, prefix, { names, heads: 1, norm });
}
