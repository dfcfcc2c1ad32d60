import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';

const CHUNK_BYTES = 4 * 1024 * 1024;

/** Lower-case hex. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, createHash('sha256'), signal);
}

/** The name git gives the content, which is the ETag of small files on Hugging Face. */
export async function gitBlobOfFile(path: string, signal?: AbortSignal): Promise<string> {
  return digest(path, createHash('sha1').update(`blob ${statSync(path).size}\0`), signal);
}

async function digest(path: string, hash: ReturnType<typeof createHash>, signal?: AbortSignal): Promise<string> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES, ...(signal === undefined ? {} : { signal }) });
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest('hex');
}
