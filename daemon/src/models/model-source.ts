import type { CatalogueModel } from './catalogue.js';
import { type PullOptions, pullModel } from './download/pull-model.js';
import type { ModelEnvironment } from './model-environment.js';
import { findModelFiles } from './resolve-model.js';

/** What a download would bring, for someone who has to decide. */
export interface DownloadOffer {
  /** Bytes of the official files that are not here: the most that is fetched, since parts of large files may do. */
  bytes: number;
  licence: string;
}

/** What the daemon does about models of the catalogue, which are all it ever downloads. */
export interface ModelSource {
  /** Undefined for an id that is not in the catalogue. */
  offer(modelId: string): DownloadOffer | undefined;
  /**
   * Gets what is missing or damaged of a model, text encoder included.
   * @throws SamepointError
   */
  pull(modelId: string, options: Pick<PullOptions, 'onProgress' | 'signal'>): Promise<void>;
}

export function modelSource(environment: ModelEnvironment): ModelSource {
  return {
    offer: (modelId) => {
      const model = environment.catalogue.find(({ id }) => id === modelId);
      return model === undefined ? undefined : { bytes: missingBytes(model, environment), licence: model.licence };
    },
    pull: async (modelId, options) => {
      await pullModel(modelId, options, environment);
    },
  };
}

function missingBytes(model: CatalogueModel, environment: ModelEnvironment): number {
  const { missing } = findModelFiles(model, {}, environment);
  return missing.reduce((sum, { size, aboutBytes }) => sum + (size ?? aboutBytes ?? 0), 0);
}
