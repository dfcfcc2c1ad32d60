import { existsSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { readJsonSync } from '../read-text.js';
import { rejectPlaceholder } from './weights/file-format.js';

/**
 * Upper limits of configuration values: above every supported network, and low enough that a hostile configuration cannot
 * exhaust memory or time.
 */
const MAX = { size: 131_072, blocks: 16, ratio: 64, eps: 1, scale: 1000 };

/** A number of channels, heads, layers, tokens or pixels. */
export const size = z.number().int().positive().max(MAX.size);
/** One size per block, level or resolution. */
export const sizes = z.array(size).max(MAX.blocks);
/** Width of an MLP's hidden layer relative to its input. */
export const ratio = z.number().positive().max(MAX.ratio);
/** Added to the variance in a norm. */
export const eps = z.number().positive().max(MAX.eps);
/** Factor of a latent. */
export const scale = z.number().positive().max(MAX.scale);
/** Divisor of similarities before a softmax. */
export const temperature = z.number().min(1e-3).max(1);

/**
 * Reads a checkpoint's `config.json`.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readConfig<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error.issues);
  throw invalidConfig(path, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is malformed'}`);
}

/** For a union, the issue with the alternative that the file matches best. */
function firstIssue([issue]: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const meant = issue.errors.find(([first]) => first !== undefined && first.code !== 'invalid_union');
  return meant === undefined ? issue : firstIssue(meant);
}

function readJson(path: string): unknown {
  if (existsSync(path)) rejectPlaceholder(path);
  return readJsonSync(path, (reason) => invalidConfig(path, reason));
}

function invalidConfig(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} cannot be used: ${reason}.`,
    'Check that Samepoint supports the network, or download the checkpoint again.',
  );
}
