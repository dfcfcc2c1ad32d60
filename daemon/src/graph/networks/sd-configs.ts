import { SamepointError } from '@samepoint/shared-protocol';
import type * as z from 'zod';
import type { Checkpoint } from '../weights/checkpoint.js';
import { type ClipTextConfig, clipTextConfigSchema } from './clip-text.js';
import { type SdUnetConfig, sdUnetConfigSchema } from './sd-unet.js';
import { type SdVaeConfig, sdVaeConfigSchema } from './sd-vae-encoder.js';

/** `unet/config.json` of Stable Diffusion 2.1, as published. */
export const SD21_UNET = {
  _class_name: 'UNet2DConditionModel',
  sample_size: 96,
  block_out_channels: [320, 640, 1280, 1280],
  down_block_types: ['CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'CrossAttnUpBlock2D'],
  attention_head_dim: [5, 10, 20, 20],
  cross_attention_dim: 1024,
  use_linear_projection: true,
};

/** `vae/config.json` of Stable Diffusion 2.1, as published. */
export const SD21_VAE = {
  _class_name: 'AutoencoderKL',
  sample_size: 768,
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array.from({ length: 4 }, () => 'DownEncoderBlock2D'),
  up_block_types: Array.from({ length: 4 }, () => 'UpDecoderBlock2D'),
  latent_channels: 4,
  layers_per_block: 2,
};

/** Settings that tensor shapes do not determine. SD 1.x uses convolutional projections, 2.x linear ones. */
const HEADS_OF_SD1 = 8;
const HEAD_CHANNELS_OF_SD2 = 64;
/** Channels per head of both text encoders. */
const TEXT_HEAD_CHANNELS = 64;

/**
 * Infers the configuration of a U-Net of Stable Diffusion 1.x or 2.x (diffusers names) from its tensors.
 * @throws SamepointError `MODEL_INVALID` for another network
 */
export function sdUnetConfigOf(checkpoint: Checkpoint): SdUnetConfig {
  const shapes = new Shapes(checkpoint, 'a U-Net of Stable Diffusion');
  const levels = shapes.count((level) => `down_blocks.${level}.resnets.0.conv1.weight`);
  const channels = levels.map((level) => shapes.size(`down_blocks.${level}.resnets.0.conv1.weight`, 0));
  const linear = shapes.rank('mid_block.attentions.0.proj_in.weight') === 2;
  const attends = (block: string) => checkpoint.tensors.has(`${block}.attentions.0.norm.weight`);
  return shapes.parse(sdUnetConfigSchema, {
    in_channels: shapes.size('conv_in.weight', 1),
    block_out_channels: channels,
    down_block_types: levels.map((n) => (attends(`down_blocks.${n}`) ? 'CrossAttnDownBlock2D' : 'DownBlock2D')),
    up_block_types: levels.map((n) => (attends(`up_blocks.${n}`) ? 'CrossAttnUpBlock2D' : 'UpBlock2D')),
    layers_per_block: shapes.count((layer) => `down_blocks.0.resnets.${layer}.conv1.weight`).length,
    attention_head_dim: channels.map((c) => (linear ? c / HEAD_CHANNELS_OF_SD2 : HEADS_OF_SD1)),
    cross_attention_dim: shapes.size('mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight', 1),
    use_linear_projection: linear,
  });
}

/**
 * Infers the configuration of Stable Diffusion's autoencoder from the tensors of its encoder.
 * @throws SamepointError `MODEL_INVALID`
 */
export function sdVaeConfigOf(checkpoint: Checkpoint): SdVaeConfig {
  const shapes = new Shapes(checkpoint, 'an autoencoder of Stable Diffusion');
  const levels = shapes.count((level) => `encoder.down_blocks.${level}.resnets.0.conv1.weight`);
  return shapes.parse(sdVaeConfigSchema, {
    latent_channels: shapes.size('encoder.conv_out.weight', 0) / 2,
    block_out_channels: levels.map((n) => shapes.size(`encoder.down_blocks.${n}.resnets.0.conv1.weight`, 0)),
    down_block_types: levels.map(() => 'DownEncoderBlock2D'),
    layers_per_block: shapes.count((layer) => `encoder.down_blocks.0.resnets.${layer}.conv1.weight`).length,
  });
}

/**
 * Infers the configuration of Stable Diffusion's text encoder (transformers names).
 * @throws SamepointError `MODEL_INVALID`
 */
export function clipTextConfigOf(checkpoint: Checkpoint, activation: ClipTextConfig['hidden_act']): ClipTextConfig {
  const shapes = new Shapes(checkpoint, 'a text encoder of Stable Diffusion');
  const channels = shapes.size('text_model.embeddings.token_embedding.weight', 1);
  return shapes.parse(clipTextConfigSchema, {
    vocab_size: shapes.size('text_model.embeddings.token_embedding.weight', 0),
    hidden_size: channels,
    intermediate_size: shapes.size('text_model.encoder.layers.0.mlp.fc1.weight', 0),
    num_hidden_layers: shapes.count((n) => `text_model.encoder.layers.${n}.mlp.fc1.weight`).length,
    num_attention_heads: channels / TEXT_HEAD_CHANNELS,
    max_position_embeddings: shapes.size('text_model.embeddings.position_embedding.weight', 0),
    hidden_act: activation,
  });
}

/** Reads sizes from the tensors of a checkpoint. `what` describes the expected network in messages. */
class Shapes {
  readonly #checkpoint: Checkpoint;
  readonly #what: string;

  constructor(checkpoint: Checkpoint, what: string) {
    this.#checkpoint = checkpoint;
    this.#what = what;
  }

  rank(name: string): number {
    return this.#shape(name).length;
  }

  size(name: string, axis: number): number {
    return this.#shape(name)[axis] ?? 0;
  }

  /** 0, 1, 2 … while the tensor of that index exists. */
  count(nameOf: (n: number) => string): number[] {
    const found: number[] = [];
    while (this.#checkpoint.tensors.has(nameOf(found.length))) found.push(found.length);
    return found;
  }

  parse<S extends z.ZodType>(schema: S, config: unknown): z.output<S> {
    const parsed = schema.safeParse(config);
    if (parsed.success) return parsed.data;
    throw this.#invalid('its tensors have different shapes');
  }

  #shape(name: string): readonly number[] {
    const entry = this.#checkpoint.tensors.get(name);
    if (entry === undefined) throw this.#invalid(`the tensor "${name}" is missing`);
    return entry.shape;
  }

  #invalid(reason: string): SamepointError {
    return new SamepointError(
      'MODEL_INVALID',
      `${this.#checkpoint.path} does not hold ${this.#what}: ${reason}.`,
      'Check that the file belongs to this model, or get it again.',
    );
  }
}
