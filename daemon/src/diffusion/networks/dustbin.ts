import type { Checkpoint } from '../../graph/weights/checkpoint.js';
import { readValues } from '../../graph/weights/read-values.js';

/**
 * The learned dustbin of points without a counterpart, as in SuperGlue (Sarlin et al., 2020). Its similarity to a descriptor f is
 * weight · f + bias; in training it is one more cell in the softmax over the other image.
 */
export interface Dustbin {
  /** (channels) */
  weight: Float32Array;
  bias: number;
}

/** @returns undefined if the checkpoint has no dustbin */
export function readDustbin(checkpoint: Checkpoint): Dustbin | undefined {
  const weight = readValues(checkpoint, 'no_counterpart.weight');
  const [bias] = readValues(checkpoint, 'no_counterpart.bias') ?? [];
  return weight === undefined || bias === undefined ? undefined : { weight, bias };
}

/** Similarity of a descriptor (channels) to the dustbin. */
export function dustbinSimilarity({ weight, bias }: Dustbin, descriptor: Float32Array): number {
  return weight.reduce((sum, value, channel) => sum + value * (descriptor[channel] ?? 0), bias);
}
