import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** SHA-256 of the running program: results of another one must not be taken for its own. */
export function programDigest(): string {
  const hash = createHash('sha256');
  const files = readdirSync(PROGRAM_FOLDER, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.js')).sort()) {
    hash.update(file).update(readFileSync(join(PROGRAM_FOLDER, file)));
  }
  return hash.digest('hex');
}
