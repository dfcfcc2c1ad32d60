import { posix } from 'node:path';
import type { ModelFiles } from './model-files.js';

/** Names of files that hold weights. */
const WEIGHTS = /\.(safetensors|pt|pth|ckpt|bin)$/;

/**
 * A checkpoint with what it lacks from another one: weights only of whole parts that it lacks (its VAE, its text encoder),
 * lest they go before its own.
 */
export function lendFiles(own: ModelFiles, lender: ModelFiles): ModelFiles {
  const parts = new Set([...own.keys()].map((name) => posix.dirname(name)));
  const lent = [...lender].filter(([name]) => {
    const part = posix.dirname(name);
    return !WEIGHTS.test(name) || (part !== '.' && !parts.has(part));
  });
  return new Map([...lent, ...own]);
}
