import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CATALOGUE, type CatalogueModel } from '../../src/models/catalogue.js';
import { type HubRepository, sha256 } from '../support/hub-cache-layout.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
const ID = 'sd21';
/** Folder of the official layout → where a small network of its kind is. */
const PARTS: Readonly<Record<string, string>> = {
  unet: 'sd/sd2/unet',
  vae: 'sd/vae',
  text_encoder: 'text/sd2/text_encoder',
  tokenizer: 'text/sd2/tokenizer',
};

/** The catalogue's Stable Diffusion 2.1 and its repository, with small networks in its files. */
export function smallSd21(): { model: CatalogueModel; repository: HubRepository } {
  const official = CATALOGUE.find(({ id }) => id === ID);
  if (official === undefined) throw new TypeError(`the catalogue has ${ID}`);
  const files = official.files.flatMap((file) => {
    const [part = '', name = ''] = file.name.split('/');
    const from = PARTS[part];
    if (from === undefined) return [];
    const content = readFileSync(join(FIXTURES, from, name));
    return [{ file: { ...file, size: content.length, sha256: sha256(content) }, content }];
  });
  const inRepository = files.map(({ file: { source }, content }) => {
    if (source.kind !== 'hub') throw new TypeError('all of it is in one repository');
    return { ...source, content, isLarge: source.path.endsWith('.safetensors') };
  });
  const [{ at = { repository: '', revision: '' } } = {}] = inRepository;
  return {
    model: { ...official, files: files.map(({ file }) => file) },
    repository: { repository: at.repository, commit: at.revision, files: inRepository },
  };
}
