import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { weightsFilesAt } from '../../graph/weights/weights.js';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Lower-case hex. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, createHash('sha256'), signal);
}

/** The hash of weights that may consist of several files: then the hash of all names and hashes. */
export async function sha256OfWeights(path: string, signal?: AbortSignal): Promise<string> {
  const files = weightsFilesAt(path);
  if (files.length === 1) return sha256OfFile(path, signal);
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${basename(file)}\0${await sha256OfFile(file, signal)}\n`);
  return hash.digest('hex');
}

/** The git blob id of the content, which is the ETag of small files on Hugging Face. */
export async function gitBlobOfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, createHash('sha1').update(`blob ${statSync(path).size}\0`), signal);
}

async function digest(path: string, hash: ReturnType<typeof createHash>, signal?: AbortSignal): Promise<string> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...(signal === undefined ? {} : { signal }) });
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
