import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, join } from 'node:path';
import type { LockedPackage, LockFile } from '../../scripts/package/shrinkwrap.mjs';

/** A version of a package that the registry offers. */
interface Offer {
  /** Its files; a package of another platform has none. */
  folder: string;
  meta: LockedPackage;
}

export interface LocalRegistry {
  url: string;
  /** Offers one more package, with the fields of its `package.json`. */
  offer(name: string, folder: string, meta: LockedPackage & { version: string }): void;
  close(): Promise<void>;
}

const NATIVE_FOLDER = 'bin/napi-v6';
const PLATFORMS = ['darwin', 'linux', 'win32'];
const TARBALL = /^\/(.+)\/-\/[^/]+-(\d+\.[^/]*)\.tgz$/;

/**
 * An npm registry on this computer. It offers the installed packages of a clone: documents come from the lock file,
 * tarballs from `node_modules`. ONNX Runtime has the libraries of this platform only, since those of all take 290 MB.
 */
export async function startLocalRegistry(clone: string): Promise<LocalRegistry> {
  const offers = readOffers(clone);
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/');
    const [, name, version] = TARBALL.exec(path) ?? [];
    if (name === undefined || version === undefined) sendDocument(response, path.slice(1), offers, urlOf(server));
    else sendTarball(response, offers.get(name)?.get(version));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: urlOf(server),
    offer: (name, folder, meta) => offers.set(name, new Map([[meta.version, { folder, meta }]])),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function readOffers(clone: string): Map<string, Map<string, Offer>> {
  const lock: LockFile = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8'));
  const offers = new Map<string, Map<string, Offer>>();
  for (const [path, meta] of Object.entries(lock.packages)) {
    const name = path.split('node_modules/').at(-1);
    if (!path.includes('node_modules/') || name === undefined || meta.version === undefined || meta.link) continue;
    const versions = offers.get(name) ?? new Map<string, Offer>();
    offers.set(name, versions.set(meta.version, { folder: join(clone, path), meta }));
  }
  return offers;
}

function sendDocument(
  response: ServerResponse,
  name: string,
  offers: ReadonlyMap<string, ReadonlyMap<string, Offer>>,
  url: string,
): void {
  const versions = offers.get(name);
  if (versions === undefined) {
    response.writeHead(404).end('{}');
    return;
  }
  const documents = [...versions].map(([version, { meta }]) => {
    const { integrity: _, resolved: _resolved, dev: _dev, optional: _optional, ...fields } = meta;
    const tarball = `${url}/${name}/-/${basename(name)}-${version}.tgz`;
    return [version, { name, ...fields, version, dist: { tarball } }];
  });
  const document = { name, 'dist-tags': { latest: documents[0]?.[0] }, versions: Object.fromEntries(documents) };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(document));
}

function sendTarball(response: ServerResponse, offer: Offer | undefined): void {
  if (offer === undefined || !existsSync(offer.folder)) {
    response.writeHead(404).end();
    return;
  }
  const folder = basename(offer.folder);
  const others = PLATFORMS.filter((platform) => platform !== process.platform).map(
    (platform) => `${folder}/${NATIVE_FOLDER}/${platform}`,
  );
  const excluded = [`${folder}/node_modules`, ...others].map((path) => `--exclude=${path}`);
  const tar = spawn('tar', ['-c', ...excluded, '-C', dirname(offer.folder), folder], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  tar.on('error', () => response.destroy());
  tar.stdout.pipe(response);
}
