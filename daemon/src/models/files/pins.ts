import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueFile } from '../catalogue.js';
import { describeSource, type RemoteFile } from '../download/remote-file.js';
import type { ModelStore } from '../model-store.js';

/** What a pin is kept under. A subset and the whole file are different files. */
export function pinKey({ source, tensors }: CatalogueFile, isSubset: boolean): string {
  const from = source.kind === 'url' ? source.url : `${source.at.repository}@${source.at.revision}/${source.path}`;
  return isSubset ? `${from}#${tensors?.source ?? ''}` : from;
}

/**
 * Where the catalogue has no hash, the file must be the one of the first download.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkPin(store: ModelStore, file: CatalogueFile, remote: RemoteFile): void {
  if (file.sha256 !== null) return;
  const pin = store.pins[pinKey(file, false)] ?? store.pins[pinKey(file, true)];
  if (pin === undefined || (pin.etag === remote.etag && pin.size === remote.size)) return;
  throw new SamepointError(
    'MODEL_INVALID',
    `${describeSource(file.source)} is not the file that was downloaded the first time.`,
    'If you trust the change, run samepoint models rm for this model and pull it again.',
  );
}
