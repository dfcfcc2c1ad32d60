import * as z from 'zod';

/**
 * Bounds for what a checkpoint's configuration may ask for: above every network that Samepoint compiles, and far below
 * what would take the memory or the time of this computer before a single weight is looked at.
 */
const MAX = { size: 131_072, blocks: 16, ratio: 64, eps: 1, scale: 1000 };

/** A number of channels, heads, layers, words or pixels. */
export const size = z.number().int().positive().max(MAX.size);
/** One size for each block, level or resolution. */
export const sizes = z.array(size).max(MAX.blocks);
/** By how much the hidden layer of an MLP is wider. */
export const ratio = z.number().positive().max(MAX.ratio);
/** What a norm adds to the variance. */
export const eps = z.number().positive().max(MAX.eps);
/** What a latent is multiplied by. */
export const scale = z.number().positive().max(MAX.scale);
/** What similarities are divided by before a softmax. */
export const temperature = z.number().min(1e-3).max(1);
