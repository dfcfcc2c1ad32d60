/** Tensor names of a residual block, without its prefix. */
export interface ResnetNames {
  norm1: string;
  conv1: string;
  time: string;
  norm2: string;
  conv2: string;
  skip: string;
}

/**
 * Tensor names of an attention block, without its prefix. Queries, keys and values have three projections, or a single one
 * whose outputs are ordered `qkv, head` or `head, qkv` (slowest first).
 */
export interface AttentionNames {
  norm: string;
  projections: { q: string; k: string; v: string } | { qkv: string; order: 'qkv-head' | 'head-qkv' };
  out: string;
  /** Trailing dimensions of the stored weights: none for a linear layer, 1s for a pointwise convolution. */
  kernel: readonly 1[];
}

/** Tensor names of the two layers of a time embedding, without its prefix. */
export interface TimeEmbeddingNames {
  linear1: string;
  linear2: string;
}

/** The embedded network. */
export const UI_NAMES = {
  resnet: { norm1: 'norm_1', conv1: 'conv_1', time: 'time', norm2: 'norm_2', conv2: 'conv_2', skip: 'skip' },
  attention: { norm: 'norm', projections: { qkv: 'qkv', order: 'qkv-head' }, out: 'out', kernel: [1, 1] },
  timeEmbedding: { linear1: 'linear_1', linear2: 'linear_2' },
} as const satisfies Names;

/** Hugging Face diffusers. */
export const DIFFUSERS_NAMES = {
  resnet: {
    norm1: 'norm1',
    conv1: 'conv1',
    time: 'time_emb_proj',
    norm2: 'norm2',
    conv2: 'conv2',
    skip: 'conv_shortcut',
  },
  attention: {
    norm: 'group_norm',
    projections: { q: 'to_q', k: 'to_k', v: 'to_v' },
    out: 'to_out.0',
    kernel: [],
  },
  timeEmbedding: { linear1: 'linear_1', linear2: 'linear_2' },
} as const satisfies Names;

/** Attention of autoencoders in early versions of diffusers; most Stable Diffusion checkpoints use these names. */
export const OLD_DIFFUSERS_ATTENTION = {
  norm: 'group_norm',
  projections: { q: 'query', k: 'key', v: 'value' },
  out: 'proj_attn',
  kernel: [],
} as const satisfies AttentionNames;

/** OpenAI guided-diffusion; `QKVAttentionLegacy` unless the model sets `use_new_attention_order`. */
export const GUIDED_DIFFUSION_NAMES = {
  resnet: {
    norm1: 'in_layers.0',
    conv1: 'in_layers.2',
    time: 'emb_layers.1',
    norm2: 'out_layers.0',
    conv2: 'out_layers.3',
    skip: 'skip_connection',
  },
  attention: { norm: 'norm', projections: { qkv: 'qkv', order: 'head-qkv' }, out: 'proj_out', kernel: [1] },
  timeEmbedding: { linear1: '0', linear2: '2' },
} as const satisfies Names;

interface Names {
  resnet: ResnetNames;
  attention: AttentionNames;
  timeEmbedding: TimeEmbeddingNames;
}
