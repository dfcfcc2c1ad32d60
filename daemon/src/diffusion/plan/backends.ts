import { type Backend, SamepointError } from '@samepoint/shared-protocol';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, resolveModel } from '../../models/resolve-model.js';
import { BACKEND_IDS } from '../presets.js';

/** One backend of a choice, and its weight in a fusion. */
export interface BackendPart {
  backend: string;
  weight: number;
}

/** Each part of a fusion may be a network of gigabytes. */
const MAX_PARTS = 4;
const FUSION = /^fuse\((.*)\)$/;
const PART = /^\s*([\w-]+)\s*(?::\s*(\d+(?:\.\d+)?|\.\d+)\s*)?$/;

/**
 * Parses `sd21`, `fuse(sd21,dinov2-b)` or `fuse(sd21:0.5,dinov2-b:0.5)`. Weights default to 1.
 * @throws SamepointError `BACKEND_UNKNOWN`
 */
export function parseBackend(text: string): BackendPart[] {
  const inside = FUSION.exec(text)?.[1];
  const parts = (inside === undefined ? [text] : inside.split(',')).map(parsePart);
  const isFusion = inside !== undefined;
  if (isFusion && (parts.length < 2 || parts.length > MAX_PARTS)) throw badFusion(text);
  if (isFusion && new Set(parts.map(({ backend }) => backend)).size < parts.length) throw badFusion(text);
  for (const { backend } of parts) if (!BACKEND_IDS.includes(backend)) throw unknown(backend);
  return parts;
}

export function isBackend(text: string): boolean {
  try {
    parseBackend(text);
    return true;
  } catch {
    return false;
  }
}

function parsePart(text: string): BackendPart {
  const [, backend, weight] = PART.exec(text) ?? [];
  if (backend === undefined || Number(weight ?? 1) === 0) throw unknown(text);
  return { backend, weight: Number(weight ?? 1) };
}

function unknown(backend: string): SamepointError {
  return new SamepointError(
    'BACKEND_UNKNOWN',
    `There is no backend "${backend}".`,
    `Choose one of: ${BACKEND_IDS.join(', ')}; or two of them as fuse(a,b) or fuse(a:0.5,b:0.5).`,
  );
}

function badFusion(text: string): SamepointError {
  return new SamepointError(
    'BACKEND_UNKNOWN',
    `"${text}" is not a valid fusion of backends.`,
    `Write fuse(a,b) with two to ${MAX_PARTS} different ones of: ${BACKEND_IDS.join(', ')}.`,
  );
}

/** All backends, and whether their weights are on disk. */
export function listBackends(environment: ModelEnvironment = modelEnvironment()): Backend[] {
  return BACKEND_IDS.map((id) => {
    if (id === EMBEDDED_MODEL.id) return { id, title: EMBEDDED_MODEL.title, state: 'embedded' };
    const title = environment.catalogue.find((model) => model.id === id)?.title ?? id;
    return { id, title, state: resolveModel(id, {}, environment).ok ? 'ready' : 'missing' };
  });
}
