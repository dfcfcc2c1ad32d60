import type { CatalogueModel } from './catalogue.js';
import { type PullOptions, pullModel } from './download/pull-model.js';
import type { ModelEnvironment } from './model-environment.js';
import { findModelFiles } from './resolve-model.js';

/** Size and licence of a download, for the user's decision. */
export interface DownloadOffer {
  /** Bytes of the missing official files: an upper bound, since a part of a large file may suffice. */
  bytes: number;
  licence: string;
}

/** Downloads models of the catalogue, for the daemon. */
export interface ModelSource {
  /** Undefined for an id that is not in the catalogue. */
  offer(modelId: string): DownloadOffer | undefined;
  /**
   * Downloads the missing and damaged files of a model, including its text encoder.
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
