import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { readValues } from '../../graph/weights/read-values.js';

/**
 * What a network has learned of points without a counterpart: how similar the best place must be for a point to have
 * one, read off the point's own unit column f as weight · f + bias. In training it is one more place in the softmax over
 * the other image, the dustbin of SuperGlue (Sarlin et al., 2020).
 */
export interface NoCounterpartBin {
  /** (channels) */
  weight: Float32Array;
  bias: number;
}

/** @returns undefined where the checkpoint has learned none */
export function readNoCounterpartBin(checkpoint: Checkpoint): NoCounterpartBin | undefined {
  const weight = readValues(checkpoint, 'no_counterpart.weight');
  const [bias] = readValues(checkpoint, 'no_counterpart.bias') ?? [];
  return weight === undefined || bias === undefined ? undefined : { weight, bias };
}

/** The similarity of a unit column (channels) with "it has no counterpart". */
export function binSimilarity({ weight, bias }: NoCounterpartBin, column: Float32Array): number {
  return weight.reduce((sum, value, channel) => sum + value * (column[channel] ?? 0), bias);
}
