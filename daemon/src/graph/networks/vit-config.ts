import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { eps, ratio, readConfig, size } from '../config.js';
import type { PositionInterpolation } from '../layers/position-embedding.js';
import { ACTIVATIONS, type Activation } from '../onnx/transformer-ops.js';
import { type Checkpoint, mapTensors, withoutPrefix } from '../weights/checkpoint.js';
import type { VitConfig } from './vit.js';
import {
  facebookNames,
  openClipNames,
  TRANSFORMERS_CLIP_NAMES,
  transformersDinov2Names,
  transformersVitNames,
} from './vit-names.js';

/** Interpolation of position embeddings in published code. */
export const POSITION_INTERPOLATIONS = {
  /** transformers' ViT and DINOv2. */
  plain: { antialias: false, offset: 0 },
  /** DINOv2 with registers, everywhere; open_clip. */
  antialiased: { antialias: true, offset: 0 },
  /** facebookresearch/dino, facebookresearch/dinov2, and DIFT's OpenCLIP baseline. */
  offset: { antialias: false, offset: 0.1 },
} as const satisfies Record<string, PositionInterpolation>;

const IMAGENET_PIXELS = { pixelMean: [0.485, 0.456, 0.406], pixelStd: [0.229, 0.224, 0.225] } as const;
const OPENAI_PIXELS = {
  pixelMean: [0.48145466, 0.4578275, 0.40821073],
  pixelStd: [0.26862954, 0.26130258, 0.27577711],
} as const;

const transformersFields = {
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  hidden_act: z.enum(ACTIVATIONS).default('gelu'),
  image_size: size.default(224),
  qkv_bias: z.boolean().default(true),
};
const dinov2Fields = {
  ...transformersFields,
  mlp_ratio: ratio.default(4),
  layer_norm_eps: eps.default(1e-6),
  use_swiglu_ffn: z.boolean().default(false),
};

const transformersVitSchema = z
  .object({
    model_type: z.literal('vit'),
    ...transformersFields,
    intermediate_size: size.default(3072),
    layer_norm_eps: eps.default(1e-12),
    patch_size: size.default(16),
  })
  .transform(
    (config): VitConfig => ({
      ...fromTransformers(config, config.intermediate_size),
      names: transformersVitNames(config.qkv_bias),
      registers: 0,
      interpolation: POSITION_INTERPOLATIONS.plain,
    }),
  );

const transformersDinov2Schema = z
  .object({ model_type: z.literal('dinov2'), ...dinov2Fields, patch_size: size.default(14) })
  .transform(
    (config): VitConfig => ({
      ...fromTransformersDinov2(config),
      registers: 0,
      interpolation: POSITION_INTERPOLATIONS.plain,
    }),
  );

const transformersRegistersSchema = z
  .object({
    model_type: z.literal('dinov2_with_registers'),
    ...dinov2Fields,
    patch_size: size.default(16),
    num_register_tokens: z.number().int().nonnegative().default(4),
  })
  .transform(
    (config): VitConfig => ({
      ...fromTransformersDinov2(config),
      registers: config.num_register_tokens,
      interpolation: POSITION_INTERPOLATIONS.antialiased,
    }),
  );

const clipVisionSchema = z.object({
  hidden_size: size.default(768),
  intermediate_size: size.default(3072),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  image_size: size.default(224),
  patch_size: size.default(32),
  hidden_act: z.enum(ACTIVATIONS).default('quick_gelu'),
  layer_norm_eps: eps.default(1e-5),
});

const transformersClipVisionSchema = z
  .object({ model_type: z.literal('clip_vision_model'), ...clipVisionSchema.shape })
  .transform(fromTransformersClip);

const transformersClipSchema = z
  .object({ model_type: z.literal('clip'), vision_config: clipVisionSchema })
  .transform(({ vision_config: vision }) => fromTransformersClip(vision));

const rgb = z.tuple([z.number(), z.number(), z.number()]);

/** Strict: unknown fields (another pooling, another block) describe unsupported networks. */
const openClipVisionSchema = z.strictObject({
  image_size: size.default(224),
  layers: size.default(12),
  width: size.default(768),
  head_width: size.default(64),
  mlp_ratio: ratio.default(4),
  patch_size: size.default(16),
  ls_init_value: z.number().nullish(),
  patch_dropout: z.number().optional(),
});

const openClipSchema = z
  .object({
    model_cfg: z.object({ quick_gelu: z.boolean().default(false), vision_cfg: openClipVisionSchema }),
    preprocess_cfg: z.object({ mean: rgb.optional(), std: rgb.optional() }).optional(),
  })
  .transform(({ model_cfg: { quick_gelu: quickGelu, vision_cfg: vision }, preprocess_cfg: preprocess }): VitConfig => {
    const layerScale = vision.ls_init_value !== undefined && vision.ls_init_value !== null;
    return {
      names: openClipNames(layerScale),
      channels: vision.width,
      layers: vision.layers,
      heads: vision.width / vision.head_width,
      mlpChannels: Math.trunc(vision.width * vision.mlp_ratio),
      activation: quickGelu ? 'quick_gelu' : 'gelu',
      eps: 1e-5,
      patchSize: vision.patch_size,
      nativeGrid: Math.floor(vision.image_size / vision.patch_size),
      registers: 0,
      interpolation: POSITION_INTERPOLATIONS.antialiased,
      pixelMean: preprocess?.mean ?? OPENAI_PIXELS.pixelMean,
      pixelStd: preprocess?.std ?? OPENAI_PIXELS.pixelStd,
    };
  });

/** transformers' `config.json` of ViT, DINOv2 and CLIP models, or open_clip's `open_clip_config.json`. */
export const vitConfigSchema = z
  .union([
    z.discriminatedUnion('model_type', [
      transformersVitSchema,
      transformersDinov2Schema,
      transformersRegistersSchema,
      transformersClipVisionSchema,
      transformersClipSchema,
    ]),
    openClipSchema,
  ])
  .refine(({ channels, heads }) => channels % heads === 0, 'the channels do not divide into the attention heads')
  .refine(({ nativeGrid }) => nativeGrid > 0, 'its images are smaller than its patches');

interface TransformersFields {
  hidden_size: number;
  num_hidden_layers: number;
  num_attention_heads: number;
  hidden_act: Activation;
  image_size: number;
  layer_norm_eps: number;
  patch_size: number;
}

/** A SwiGLU has two thirds of the hidden channels, rounded up to a multiple of 8. */
function fromTransformersDinov2(
  config: TransformersFields & { mlp_ratio: number; use_swiglu_ffn: boolean; qkv_bias: boolean },
) {
  const mlpChannels = Math.trunc(config.hidden_size * config.mlp_ratio);
  const names = transformersDinov2Names(config.qkv_bias, config.use_swiglu_ffn);
  if (!config.use_swiglu_ffn) return { ...fromTransformers(config, mlpChannels), names };
  const swigluChannels = 8 * Math.ceil(Math.trunc((mlpChannels * 2) / 3) / 8);
  return { ...fromTransformers(config, swigluChannels), activation: 'swiglu' as const, names };
}

function fromTransformersClip(config: TransformersFields & { intermediate_size: number }): VitConfig {
  return {
    ...fromTransformers(config, config.intermediate_size),
    ...OPENAI_PIXELS,
    names: TRANSFORMERS_CLIP_NAMES,
    registers: 0,
    interpolation: POSITION_INTERPOLATIONS.plain,
  };
}

function fromTransformers(config: TransformersFields, mlpChannels: number) {
  return {
    channels: config.hidden_size,
    layers: config.num_hidden_layers,
    heads: config.num_attention_heads,
    mlpChannels,
    activation: config.hidden_act,
    eps: config.layer_norm_eps,
    patchSize: config.patch_size,
    nativeGrid: Math.floor(config.image_size / config.patch_size),
    ...IMAGENET_PIXELS,
  };
}

/** Channels per head in all networks of DINO and DINOv2. */
const FACEBOOK_HEAD_CHANNELS = 64;
/** Prefixes of tensor names in files of facebookresearch's training code. */
const FACEBOOK_PREFIXES = ['', 'module.', 'backbone.', 'module.backbone.'];
/** DINOv2's training code groups blocks into chunks and puts the chunk's index before the block's. */
const BLOCK_CHUNK = /^blocks\.\d+\.(\d+\.)/;

/** A vision transformer's tensors by the names of its family, and its configuration. */
export interface VitCheckpoint {
  checkpoint: Checkpoint;
  config: VitConfig;
}

/**
 * Opens the vision transformer in a checkpoint of transformers, open_clip or facebookresearch. Files of facebookresearch need
 * no configuration: sizes are inferred from the tensors.
 * @param configPath path of the configuration, if there is one
 * @throws SamepointError `MODEL_INVALID`
 */
export function vitCheckpoint(opened: Checkpoint, configPath: string | undefined): VitCheckpoint {
  const facebook = facebookView(opened);
  if (facebook !== undefined) return { checkpoint: facebook, config: facebookVitConfig(facebook) };
  if (configPath === undefined) throw notFacebook(opened, 'its config.json is missing');
  const vision = withoutPrefix(opened, 'vision_model.');
  const checkpoint = vision.tensors.size > 0 ? vision : opened;
  return { checkpoint, config: readConfig(configPath, vitConfigSchema) };
}

/** A file of facebookresearch/dino or dinov2 with the tensor names of the published networks; undefined for others. */
export function facebookView(opened: Checkpoint): Checkpoint | undefined {
  const isFacebook = (prefix: string) =>
    opened.tensors.has(`${prefix}cls_token`) && opened.tensors.has(`${prefix}pos_embed`);
  const prefix = FACEBOOK_PREFIXES.find(isFacebook);
  if (prefix === undefined) return undefined;
  return mapTensors(withoutPrefix(opened, prefix), (name, entry) => [[name.replace(BLOCK_CHUNK, 'blocks.$1'), entry]]);
}

function facebookVitConfig(checkpoint: Checkpoint): VitConfig {
  const sizeOf = (name: string, axis: number) => {
    const size = checkpoint.tensors.get(name)?.shape[axis];
    if (size === undefined) throw notFacebook(checkpoint, `the tensor "${name}" is missing or has another shape`);
    return size;
  };
  const channels = sizeOf('cls_token', 2);
  const nativeGrid = Math.sqrt(sizeOf('pos_embed', 1) - 1);
  if (!Number.isInteger(nativeGrid)) throw notFacebook(checkpoint, 'its position embeddings do not form a square grid');
  if (channels % FACEBOOK_HEAD_CHANNELS !== 0) throw notFacebook(checkpoint, `it has ${channels} channels`);
  let layers = 0;
  while (checkpoint.tensors.has(`blocks.${layers}.norm1.weight`)) layers++;
  const registers = checkpoint.tensors.has('register_tokens') ? sizeOf('register_tokens', 1) : 0;
  const swiglu = checkpoint.tensors.has('blocks.0.mlp.w12.weight');
  return {
    names: facebookNames(checkpoint.tensors.has('blocks.0.ls1.gamma'), swiglu),
    channels,
    layers,
    heads: channels / FACEBOOK_HEAD_CHANNELS,
    mlpChannels: swiglu ? sizeOf('blocks.0.mlp.w12.weight', 0) / 2 : sizeOf('blocks.0.mlp.fc1.weight', 0),
    activation: swiglu ? 'swiglu' : 'gelu',
    eps: 1e-6,
    patchSize: sizeOf('patch_embed.proj.weight', 2),
    nativeGrid,
    registers,
    interpolation: registers === 0 ? POSITION_INTERPOLATIONS.offset : POSITION_INTERPOLATIONS.antialiased,
    ...IMAGENET_PIXELS,
  };
}

function notFacebook(checkpoint: Checkpoint, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${checkpoint.path} is not a DINO or DINOv2 network: ${reason}.`,
    'Check that the file belongs to this model, or get it again.',
  );
}
