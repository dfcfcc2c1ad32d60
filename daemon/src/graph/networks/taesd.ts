import * as z from 'zod';
import { scale, size, sizes } from '../config.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, conv2d, multiply, nchw, relu } from '../onnx/ops.js';

/** `config.json` of a diffusers `AutoencoderTiny`. */
export const taesdConfigSchema = z
  .object({
    in_channels: size.default(3),
    latent_channels: size.default(4),
    encoder_block_out_channels: sizes.min(1).default([64, 64, 64, 64]),
    num_encoder_blocks: z.array(z.number().int().nonnegative()).default([1, 3, 3, 3]),
    act_fn: z.literal('relu').default('relu'),
    /** Factor of the latent before noise is added; 1 for TAESD, which returns scaled latents. */
    scaling_factor: scale.default(1),
  })
  .refine(
    (config) => config.encoder_block_out_channels.length === config.num_encoder_blocks.length,
    'encoder_block_out_channels and num_encoder_blocks name different numbers of blocks',
  );
export type TaesdConfig = z.infer<typeof taesdConfigSchema>;

/**
 * The encoder of TAESD, a tiny autoencoder with Stable Diffusion's latents (Ollin Boer Bohan, `madebyollin/taesd`):
 * image (1,3,H,W) in [−1,1] → latent (1, latent_channels, H/8, W/8).
 */
export function taesdEncoder(b: GraphBuilder, image: Value, config: TaesdConfig): Value {
  let layer = 0;
  const next = () => `encoder.layers.${layer++}`;
  let h = toUnitRange(b, image);
  for (const [level, outChannels] of config.encoder_block_out_channels.entries()) {
    const options = level === 0 ? { outChannels, kernel: 3 } : { outChannels, kernel: 3, stride: 2, bias: false };
    h = conv2d(b, h, next(), options);
    for (let block = 0; block < (config.num_encoder_blocks[level] ?? 0); block++) h = tinyBlock(b, h, next());
  }
  return conv2d(b, h, next(), { outChannels: config.latent_channels, kernel: 3 });
}

/** [−1,1] → [0,1] */
function toUnitRange(b: GraphBuilder, x: Value): Value {
  const half = b.constant([1], Float32Array.of(0.5));
  return add(b, multiply(b, x, half), half);
}

/** ReLU(x + three convolutions with ReLU between them) */
function tinyBlock(b: GraphBuilder, x: Value, prefix: string): Value {
  const [, outChannels] = nchw(x);
  const conv = (h: Value, index: number) => conv2d(b, h, `${prefix}.conv.${index}`, { outChannels, kernel: 3 });
  return relu(b, add(b, conv(relu(b, conv(relu(b, conv(x, 0)), 2)), 4), x));
}
