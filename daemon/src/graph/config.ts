import { existsSync, readFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import * as z from 'zod';
import { rejectPlaceholder } from './weights/file-format.js';

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

/** Of a union, what is wrong with the first alternative that the file is meant for. */
function firstIssue([issue]: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const meant = issue.errors.find(([first]) => first !== undefined && first.code !== 'invalid_union');
  return meant === undefined ? issue : firstIssue(meant);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (existsSync(path)) rejectPlaceholder(path);
    // the parser quotes what it could not read, line breaks and all
    throw invalidConfig(path, (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' '));
  }
}

function invalidConfig(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} cannot be used: ${reason}.`,
    'Check that it belongs to a network that Samepoint knows, or get the checkpoint again.',
  );
}
