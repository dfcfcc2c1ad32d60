import type { EncoderBlockNames } from '../layers/transformer-encoder-block.js';
import { type LayerNames, namesUnder } from '../onnx/transformer-ops.js';

/** Tensor names of a vision transformer in a checkpoint. */
export interface VitNames {
  classToken: string;
  positions: string;
  registers: string;
  /** Class token, positions and registers have a leading batch dimension of 1. */
  batched: boolean;
  patches: LayerNames;
  /** LayerNorm before the first block. */
  preNorm?: LayerNames;
  block: (index: number) => EncoderBlockNames;
  finalNorm: LayerNames;
}

const TRANSFORMERS_EMBEDDINGS = {
  classToken: 'embeddings.cls_token',
  positions: 'embeddings.position_embeddings',
  registers: 'embeddings.register_tokens',
  batched: true,
  patches: namesUnder('embeddings.patch_embeddings.projection'),
  finalNorm: namesUnder('layernorm'),
} as const;

/** transformers' `ViTModel`, for example `facebook/dino-vitb8`. */
export function transformersVitNames(qkvBias: boolean): VitNames {
  const block = (index: number) => {
    const prefix = `encoder.layer.${index}`;
    return {
      ...transformersAttention(prefix, qkvBias),
      norm1: namesUnder(`${prefix}.layernorm_before`),
      norm2: namesUnder(`${prefix}.layernorm_after`),
      fc1: namesUnder(`${prefix}.intermediate.dense`),
      fc2: namesUnder(`${prefix}.output.dense`),
    };
  };
  return { ...TRANSFORMERS_EMBEDDINGS, block };
}

/** transformers' `Dinov2Model` and `Dinov2WithRegistersModel`, for example `facebook/dinov2-base`. */
export function transformersDinov2Names(qkvBias: boolean, swiglu: boolean): VitNames {
  const block = (index: number) => {
    const prefix = `encoder.layer.${index}`;
    return {
      ...transformersAttention(prefix, qkvBias),
      ...numberedLayers(prefix, swiglu ? ['weights_in', 'weights_out'] : undefined),
      layerScales: [`${prefix}.layer_scale1.lambda1`, `${prefix}.layer_scale2.lambda1`] as const,
    };
  };
  return { ...TRANSFORMERS_EMBEDDINGS, block };
}

/** facebookresearch/dino and facebookresearch/dinov2, and timm's versions of these networks. */
export function facebookNames(layerScale: boolean, swiglu: boolean): VitNames {
  const block = (index: number) => {
    const prefix = `blocks.${index}`;
    return {
      ...numberedLayers(prefix, swiglu ? ['w12', 'w3'] : undefined),
      projections: { qkv: namesUnder(`${prefix}.attn.qkv`) },
      out: namesUnder(`${prefix}.attn.proj`),
      ...(layerScale ? { layerScales: [`${prefix}.ls1.gamma`, `${prefix}.ls2.gamma`] as const } : {}),
    };
  };
  return {
    classToken: 'cls_token',
    positions: 'pos_embed',
    registers: 'register_tokens',
    batched: true,
    patches: namesUnder('patch_embed.proj'),
    block,
    finalNorm: namesUnder('norm'),
  };
}

/** open_clip's image tower. */
export function openClipNames(layerScale: boolean): VitNames {
  const block = (index: number) => {
    const prefix = `visual.transformer.resblocks.${index}`;
    return {
      norm1: namesUnder(`${prefix}.ln_1`),
      projections: { qkv: { weight: `${prefix}.attn.in_proj_weight`, bias: `${prefix}.attn.in_proj_bias` } },
      out: namesUnder(`${prefix}.attn.out_proj`),
      norm2: namesUnder(`${prefix}.ln_2`),
      fc1: namesUnder(`${prefix}.mlp.c_fc`),
      fc2: namesUnder(`${prefix}.mlp.c_proj`),
      ...(layerScale ? { layerScales: [`${prefix}.ls_1.gamma`, `${prefix}.ls_2.gamma`] as const } : {}),
    };
  };
  return {
    classToken: 'visual.class_embedding',
    positions: 'visual.positional_embedding',
    registers: '',
    batched: false,
    patches: { weight: 'visual.conv1.weight' },
    preNorm: namesUnder('visual.ln_pre'),
    block,
    finalNorm: namesUnder('visual.ln_post'),
  };
}

/** transformers' `CLIPVisionModel`; "layrnorm" is its own spelling. */
export const TRANSFORMERS_CLIP_NAMES: VitNames = {
  classToken: 'embeddings.class_embedding',
  positions: 'embeddings.position_embedding.weight',
  registers: '',
  batched: false,
  patches: { weight: 'embeddings.patch_embedding.weight' },
  preNorm: namesUnder('pre_layrnorm'),
  block: (index) => {
    const prefix = `encoder.layers.${index}`;
    const projection = (part: string) => namesUnder(`${prefix}.self_attn.${part}_proj`);
    return {
      norm1: namesUnder(`${prefix}.layer_norm1`),
      projections: { query: projection('q'), key: projection('k'), value: projection('v') },
      out: projection('out'),
      norm2: namesUnder(`${prefix}.layer_norm2`),
      fc1: namesUnder(`${prefix}.mlp.fc1`),
      fc2: namesUnder(`${prefix}.mlp.fc2`),
    };
  },
  finalNorm: namesUnder('post_layernorm'),
};

function transformersAttention(prefix: string, qkvBias: boolean) {
  const projection = (part: string): LayerNames => {
    const { weight, ...bias } = namesUnder(`${prefix}.attention.attention.${part}`);
    return qkvBias ? { weight, ...bias } : { weight };
  };
  return {
    projections: { query: projection('query'), key: projection('key'), value: projection('value') },
    out: namesUnder(`${prefix}.attention.output.dense`),
  };
}

function numberedLayers(prefix: string, [fc1, fc2]: readonly [string, string] = ['fc1', 'fc2']) {
  return {
    norm1: namesUnder(`${prefix}.norm1`),
    norm2: namesUnder(`${prefix}.norm2`),
    fc1: namesUnder(`${prefix}.mlp.${fc1}`),
    fc2: namesUnder(`${prefix}.mlp.${fc2}`),
  };
}
