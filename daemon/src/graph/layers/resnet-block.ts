import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { add, conv2d, groupNorm, linear, nchw, reshape, silu } from '../onnx/ops.js';

export interface NormOptions {
  groups: number;
  eps: number;
}

/**
 * Time-conditioned residual block:
 * `skip(x) + conv_2(SiLU(norm_2(conv_1(SiLU(norm_1(x))) + time(SiLU(e)))))`.
 * @param e time embedding (1, channels of the embedding)
 */
export function resnetBlock(
  b: GraphBuilder,
  x: Value,
  e: Value,
  prefix: string,
  options: { outChannels: number; norm: NormOptions },
): Value {
  const { outChannels, norm } = options;
  const time = linear(b, silu(b, e), `${prefix}.time`, outChannels);
  let h = silu(b, groupNorm(b, x, `${prefix}.norm_1`, norm));
  h = conv2d(b, h, `${prefix}.conv_1`, { outChannels, kernel: 3 });
  h = add(b, h, reshape(b, time, [1, outChannels, 1, 1]));
  h = silu(b, groupNorm(b, h, `${prefix}.norm_2`, norm));
  h = conv2d(b, h, `${prefix}.conv_2`, { outChannels, kernel: 3 });
  const [, inChannels] = nchw(x);
  return add(b, h, inChannels === outChannels ? x : conv2d(b, x, `${prefix}.skip`, { outChannels, kernel: 1 }));
}
