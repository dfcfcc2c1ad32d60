import { SamepointError } from '@samepoint/shared-protocol';
import type { ModelSource } from '../models/model-source.js';
import type { Log } from './log.js';
import type { Backends } from './session/session-context.js';

/**
 * Falls back to the last readable list of backends. The list of models on disk may become unreadable while the daemon
 * runs, which must not end it.
 * @throws SamepointError if the list cannot be read now, at the start
 */
export function backendsWithFallback(backends: Backends, log: Log): Backends {
  let last = backends.list();
  return {
    has: (id) => backends.has(id),
    list: () => {
      last = attempt(() => backends.list(), last, log);
      return last;
    },
  };
}

/** Offers no models while their list cannot be read. A pull still fails with the reason. */
export function modelsWithFallback(models: ModelSource, log: Log): ModelSource {
  return {
    offer: (modelId) => attempt(() => models.offer(modelId), undefined, log),
    pull: (modelId, options) => models.pull(modelId, options),
  };
}

function attempt<T>(action: () => T, otherwise: T, log: Log): T {
  try {
    return action();
  } catch (thrown) {
    log(`models: ${SamepointError.from(thrown).message}`);
    return otherwise;
  }
}
