import * as z from 'zod';
import { eps, size } from '../config.js';
import { type EncoderBlockNames, transformerEncoderBlock } from '../layers/transformer-encoder-block.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, reshape } from '../onnx/ops.js';
import { ACTIVATIONS, layerNorm, namesUnder } from '../onnx/transformer-ops.js';

/** `text_encoder/config.json` of Stable Diffusion: transformers' `CLIPTextConfig`, with its defaults. */
export const clipTextConfigSchema = z
  .object({
    vocab_size: size.default(49_408),
    hidden_size: size.default(512),
    intermediate_size: size.default(2048),
    num_hidden_layers: size.default(12),
    num_attention_heads: size.default(8),
    max_position_embeddings: size.default(77),
    hidden_act: z.enum(ACTIVATIONS).default('quick_gelu'),
    layer_norm_eps: eps.default(1e-5),
  })
  .refine(
    (config) => config.hidden_size % config.num_attention_heads === 0,
    'the channels do not divide into the attention heads',
  );
export type ClipTextConfig = z.infer<typeof clipTextConfigSchema>;

/** Prefixes of the text encoder's tensors: published checkpoints, transformers 5, single file of SD 1.x. */
const NAME_PREFIXES = ['text_model.', '', 'cond_stage_model.transformer.text_model.'] as const;

/** exp(−10 000) is 0, and unlike −∞ the number is safe in shaders and half precision. */
const MASKED_SCORE = -10_000;

/**
 * CLIP text encoder, which conditions Stable Diffusion: `ids` (1, tokens) int64 → (1, tokens, hidden_size), after the final
 * LayerNorm. SD 1.x uses CLIP-L, SD 2.x OpenCLIP-H without its last layer, as its configuration states.
 * @throws SamepointError `MODEL_INVALID`
 */
export function clipText(b: GraphBuilder, ids: Value, config: ClipTextConfig): Value {
  const tokens = Number(ids.dims[1]);
  if (tokens > config.max_position_embeddings) {
    throw new RangeError(`${tokens} tokens are more than the ${config.max_position_embeddings} of the text encoder`);
  }
  const { hidden_size: channels, layer_norm_eps: eps } = config;
  const prefix = NAME_PREFIXES.find((candidate) => b.hasWeight(`${candidate}final_layer_norm.weight`)) ?? 'text_model.';
  const mask = causalMask(b, tokens);
  let h = embed(b, ids, `${prefix}embeddings`, config);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    h = transformerEncoderBlock(
      b,
      h,
      blockNames(`${prefix}encoder.layers.${layer}`),
      {
        heads: config.num_attention_heads,
        mlpChannels: config.intermediate_size,
        activation: config.hidden_act,
        eps,
      },
      mask,
    );
  }
  return reshape(b, layerNorm(b, h, namesUnder(`${prefix}final_layer_norm`), eps), [1, tokens, channels]);
}

/** Token and position embeddings, (tokens, channels). */
function embed(b: GraphBuilder, ids: Value, prefix: string, config: ClipTextConfig): Value {
  const { vocab_size: words, hidden_size: channels, max_position_embeddings: positions } = config;
  const tokens = Number(ids.dims[1]);
  const gather = (table: Value, rows: Value) => b.node('Gather', [table, rows], [tokens, channels]);
  const range = b.constant(
    [tokens],
    BigInt64Array.from({ length: tokens }, (_, i) => BigInt(i)),
  );
  return add(
    b,
    gather(b.weight(`${prefix}.token_embedding.weight`, [words, channels]), reshape(b, ids, [tokens])),
    gather(b.weight(`${prefix}.position_embedding.weight`, [positions, channels]), range),
  );
}

/** Causal mask: 0 for the token itself and earlier ones, otherwise a score that vanishes in the softmax. */
function causalMask(b: GraphBuilder, tokens: number): Value {
  const at = (_: unknown, i: number) => (i % tokens > Math.floor(i / tokens) ? MASKED_SCORE : 0);
  return b.constant([tokens, tokens], Float32Array.from({ length: tokens * tokens }, at));
}

function blockNames(prefix: string): EncoderBlockNames {
  return {
    norm1: namesUnder(`${prefix}.layer_norm1`),
    projections: {
      query: namesUnder(`${prefix}.self_attn.q_proj`),
      key: namesUnder(`${prefix}.self_attn.k_proj`),
      value: namesUnder(`${prefix}.self_attn.v_proj`),
    },
    out: namesUnder(`${prefix}.self_attn.out_proj`),
    norm2: namesUnder(`${prefix}.layer_norm2`),
    fc1: namesUnder(`${prefix}.mlp.fc1`),
    fc2: namesUnder(`${prefix}.mlp.fc2`),
  };
}
