import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { z } from 'zod';
import { makeStateFolder, writeStateFile } from '../app-folders.js';

const TOKEN_BYTES = 32;
const FILE_NAME = 'clients.json';
/** Pairing one more removes the client that was paired first. */
const MAX_CLIENTS = 64;

const fileSchema = z.strictObject({
  version: z.literal(1),
  clients: z.array(
    z.strictObject({ tokenSha256: z.string().regex(/^[0-9a-f]{64}$/), client: z.string(), pairedAt: z.string() }),
  ),
});
type StoredClient = z.infer<typeof fileSchema>['clients'][number];

/** The paired clients. Tokens are issued once and stored as hashes, in a file only this user can read. */
export class TokenStore {
  readonly #path: string;
  #clients: StoredClient[];

  /** @throws SamepointError `INTERNAL` if the file exists but cannot be parsed */
  constructor(readonly stateDir: string) {
    makeStateFolder(stateDir, 'paired clients');
    this.#path = join(stateDir, FILE_NAME);
    this.#clients = readClients(this.#path);
  }

  get count(): number {
    return this.#clients.length;
  }

  /** A new token of 256 bits, base64url. */
  issue(client: string): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    // another daemon, on another port, may have paired a client since
    this.#clients = readClients(this.#path);
    this.#clients.push({ tokenSha256: sha256(token).toString('hex'), client, pairedAt: new Date().toISOString() });
    this.#clients.splice(0, Math.max(0, this.#clients.length - MAX_CLIENTS));
    this.#save();
    return token;
  }

  /** The id of the client with this token, or undefined. Constant time for every wrong token. */
  clientIdOf(token: string): string | undefined {
    const hash = sha256(token);
    let found: StoredClient | undefined;
    for (const client of this.#clients) {
      if (timingSafeEqual(hash, Buffer.from(client.tokenSha256, 'hex'))) found = client;
    }
    return found?.tokenSha256;
  }

  #save(): void {
    const content: z.infer<typeof fileSchema> = { version: 1, clients: this.#clients };
    writeStateFile(this.#path, `${JSON.stringify(content, null, 2)}\n`);
  }
}

function readClients(path: string): StoredClient[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return [];
    throw thrown;
  }
  try {
    return fileSchema.parse(JSON.parse(text)).clients;
  } catch {
    throw new SamepointError(
      'INTERNAL',
      `The list of paired clients in ${path} cannot be read.`,
      'Delete that file and pair again.',
    );
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
