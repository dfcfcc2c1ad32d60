import { SamepointError } from '@samepoint/shared-protocol';
import type { ModelSource } from '../models/model-source.js';
import type { Log } from './log.js';
import type { Backends } from './session/session-context.js';

/**
 * Backends as they were when they could last be looked at. The list of models on the disk may become unreadable while
 * the daemon runs, which is no reason to end it.
 * @throws SamepointError when they cannot be looked at now, at the start
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

/** Models of which nothing is offered while their list cannot be read. A pull still says why. */
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
