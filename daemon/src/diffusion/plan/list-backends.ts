import type { Backend } from '@samepoint/shared-protocol';
import { type ModelEnvironment, modelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, resolveModel } from '../../models/resolve-model.js';
import { BACKEND_IDS } from '../presets.js';

/** Every backend, with whether its weights are on this disk at this moment; fusions are made of these. */
export function listBackends(environment: ModelEnvironment = modelEnvironment()): Backend[] {
  return BACKEND_IDS.map((id) => {
    if (id === EMBEDDED_MODEL.id) return { id, title: EMBEDDED_MODEL.title, state: 'embedded' };
    const title = environment.catalogue.find((model) => model.id === id)?.title ?? id;
    return { id, title, state: resolveModel(id, {}, environment).ok ? 'ready' : 'missing' };
  });
}
