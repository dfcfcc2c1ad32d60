import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { linear, silu } from '../onnx/ops.js';
import type { TimeEmbeddingNames } from './tensor-names.js';

const MAX_PERIOD = 10_000;

/** Cosines first, then sines, of `t` at `channels/2` frequencies from 1 down to 1/10000 (Ho et al., DDPM, 2020). */
export function sinusoid(t: number, channels: number): Float32Array {
  const half = channels / 2;
  const angle = (i: number) => t * MAX_PERIOD ** (-i / half);
  return Float32Array.from({ length: channels }, (_, i) => (i < half ? Math.cos(angle(i)) : Math.sin(angle(i - half))));
}

/**
 * Embedding (1, channels) of one timestep, which may be fractional. Constant: ONNX Runtime folds it at load, but only in
 * float32.
 */
export function timeEmbedding(
  b: GraphBuilder,
  prefix: string,
  options: { names: TimeEmbeddingNames; timestep: number; sinusoidChannels: number; channels: number },
): Value {
  const { names, timestep, sinusoidChannels, channels } = options;
  return b.inFloat32([], () => {
    const waves = b.constant([1, sinusoidChannels], sinusoid(timestep, sinusoidChannels));
    const hidden = silu(b, linear(b, waves, `${prefix}.${names.linear1}`, channels));
    return linear(b, hidden, `${prefix}.${names.linear2}`, channels);
  });
}
