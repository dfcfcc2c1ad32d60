import type { CatalogueFile, CatalogueModel } from '../../models/catalogue.js';
import type { ModelEnvironment } from '../../models/model-environment.js';
import { EMBEDDED_MODEL, type ModelState, modelState } from '../../models/resolve-model.js';
import { formatBytes } from './format-values.js';
import { textTable } from './text-table.js';

/** One row of `samepoint models list`. */
export interface ListedModel {
  id: string;
  title: string;
  state: ModelState;
  /** Size of the official weights. */
  bytes: number;
  /** The size is approximate. */
  isAbout: boolean;
  /** Gigabytes of the weights in float32. */
  weightsGb: number;
  licence: string;
  goodFor: string;
  /** Whether revision, sizes and checksums are known in advance, or pinned at the first download. */
  checked: boolean;
  source: string;
}

const EMBEDDED_WEIGHTS_GB = 0.01;

export function listModels(environment: ModelEnvironment): ListedModel[] {
  const { id, title, licence, goodFor } = EMBEDDED_MODEL;
  const embedded: ListedModel = {
    id,
    title,
    state: 'embedded',
    bytes: 0,
    isAbout: false,
    weightsGb: EMBEDDED_WEIGHTS_GB,
    licence,
    goodFor,
    checked: true,
    source: 'this package',
  };
  return [embedded, ...environment.catalogue.map((model) => listed(model, environment))];
}

function listed(model: CatalogueModel, environment: ModelEnvironment): ListedModel {
  const { id, title, weightsGb, licence, goodFor, checked } = model;
  const state = modelState(model, environment);
  return {
    id,
    title,
    state,
    ...sizeOf(model.files),
    weightsGb,
    licence,
    goodFor,
    checked,
    source: sourceOf(model),
  };
}

function sizeOf(files: readonly CatalogueFile[]): Pick<ListedModel, 'bytes' | 'isAbout'> {
  let bytes = 0;
  let isAbout = false;
  for (const { size, aboutBytes, name } of files) {
    // configuration files are negligible
    if (name.endsWith('.json')) continue;
    bytes += size ?? aboutBytes ?? 0;
    isAbout ||= size === null;
  }
  return { bytes, isAbout };
}

function sourceOf({ files }: CatalogueModel): string {
  const weights = files.find(({ proof }) => proof !== undefined);
  if (weights === undefined) return '';
  const { source } = weights;
  return source.kind === 'url' ? source.url : `${source.at.repository}@${source.at.revision}`;
}

export function modelsTable(models: readonly ListedModel[]): string {
  const rows = models.map(({ id, state, bytes, isAbout, licence, goodFor }) => [
    id,
    state,
    state === 'embedded' ? '–' : `${isAbout ? 'about ' : ''}${formatBytes(bytes)}`,
    licence,
    goodFor,
  ]);
  return textTable([['id', 'state', 'size', 'licence', 'good for'], ...rows], { indent: 0 });
}
