// Preloaded into the command line. The catalogue has sizes and hashes of the official files, and ADM's file has no
// configuration: in their place come those of the small networks that the tests serve. Nothing else of Samepoint changes.
import { readFileSync } from 'node:fs';
import { ADM_256_UNCONDITIONAL } from '../../dist/graph/networks/adm-unet.js';
import { CATALOGUE } from '../../dist/models/catalogue.js';

const { served, cdnUrl, adm } = JSON.parse(readFileSync(process.env.OFFICIAL_SIZES ?? '', 'utf8'));

for (const file of CATALOGUE.flatMap(({ files }) => files)) {
  const { source } = file;
  const path = source.kind === 'hub' ? `${source.at.repository}/${source.path}` : new URL(source.url).pathname;
  const small = served[path];
  if (small === undefined) continue;
  if (file.size !== null) file.size = small.size;
  if (file.sha256 !== null) file.sha256 = small.sha256;
  if (source.kind === 'url') source.url = `${cdnUrl}${path}`;
}
Object.assign(ADM_256_UNCONDITIONAL, adm);
