import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, averagePool2, conv2d, groupNorm, linear, nchw, reshape, silu, split, upsample } from '../onnx/ops.js';
import type { ResnetNames } from './tensor-names.js';

export interface NormOptions {
  groups: number;
  eps: number;
}

export interface ResnetOptions {
  names: ResnetNames;
  outChannels: number;
  norm: NormOptions;
  /** Time embedding (1, embedding channels); absent in autoencoders. */
  timeEmbedding?: Value;
  /** How the time embedding is applied: `shift` (default) adds it before the second norm, `scale-shift` modulates its result. */
  timeConditioning?: 'shift' | 'scale-shift';
  /** Resampling of the input and of the first activation, in guided-diffusion. */
  resample?: 'up' | 'down';
}

/**
 * Residual block with time conditioning:
 * `skip(x) + conv2(SiLU(norm2(conv1(SiLU(norm1(x))) + time(SiLU(e)))))`.
 */
export function resnetBlock(b: GraphBuilder, x: Value, prefix: string, options: ResnetOptions): Value {
  const { names, outChannels, norm } = options;
  const time = timeConditioning(b, prefix, options);
  let h = silu(b, groupNorm(b, x, `${prefix}.${names.norm1}`, norm));
  h = conv2d(b, resample(b, h, options), `${prefix}.${names.conv1}`, { outChannels, kernel: 3 });
  if (time.shift !== undefined) h = add(b, h, time.shift);
  h = silu(b, groupNorm(b, h, `${prefix}.${names.norm2}`, { ...norm, ...time.norm2 }));
  h = conv2d(b, h, `${prefix}.${names.conv2}`, { outChannels, kernel: 3 });
  const skip = resample(b, x, options);
  const [, inChannels] = nchw(x);
  return add(
    b,
    h,
    inChannels === outChannels ? skip : conv2d(b, skip, `${prefix}.${names.skip}`, { outChannels, kernel: 1 }),
  );
}

function timeConditioning(b: GraphBuilder, prefix: string, options: ResnetOptions) {
  const { names, outChannels, timeEmbedding, timeConditioning = 'shift' } = options;
  if (timeEmbedding === undefined) return {};
  const channels = timeConditioning === 'shift' ? outChannels : 2 * outChannels;
  // constant: ONNX Runtime folds it at load, but only in float32
  const time = b.inFloat32([timeEmbedding], (embedding) =>
    linear(b, silu(b, embedding), `${prefix}.${names.time}`, channels),
  );
  if (timeConditioning === 'shift') return { shift: reshape(b, time, [1, outChannels, 1, 1]) };
  const [scale, shift] = split(b, time, 1, 2);
  if (scale === undefined || shift === undefined) throw new Error('Split has two outputs');
  return { norm2: { modulation: { scale, shift } } };
}

function resample(b: GraphBuilder, x: Value, options: ResnetOptions): Value {
  if (options.resample === 'up') return upsample(b, x, 2, 'nearest');
  return options.resample === 'down' ? averagePool2(b, x) : x;
}
