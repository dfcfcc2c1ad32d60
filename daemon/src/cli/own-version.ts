import { readFileSync } from 'node:fs';
import * as z from 'zod';

const manifestSchema = z.object({ version: z.string() });

/** The version in this package's manifest. */
export function ownVersion(): string {
  const path = new URL('../../package.json', import.meta.url);
  return manifestSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
}
