import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { CATALOGUE } from '../../src/models/catalogue.js';
import { FakeHub } from '../models/fake-hub.js';
import { type HubRepository, sha256 } from './hub-cache-layout.js';
import { type CliRun, runCliWith } from './run-cli.js';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));
export const OFFICIAL = join(FIXTURES, 'official');
const ADM = join(FIXTURES, 'adm/official');
const ADM_PATH = '/diffusion/jul-2021/256x256_diffusion_uncond.pt';
const PRELOAD = new URL('official-sizes.mjs', import.meta.url);

/** The branch's commit in repositories without a commit in the catalogue. */
const SOME_COMMIT = 'c0ffee0000000000000000000000000000000002';
const LARGE = /\.(safetensors|bin|ckpt|pt)$/;
/** Environment variables with user settings. */
const SETTINGS = /^(HF_|HUGGING|XDG_|SAMEPOINT_|NODE_OPTIONS$|.*_PROXY$)/i;

/** The official repositories with all of their files: small networks, and placeholders for files that features do not need. */
export function officialRepositories(): HubRepository[] {
  const lists = z
    .record(z.string(), z.array(z.string()))
    .parse(JSON.parse(readFileSync(join(OFFICIAL, 'repositories.json'), 'utf8')));
  return Object.entries(lists).map(([repository, paths]) => ({
    repository,
    commit: commitOf(repository),
    files: paths.map((path) => ({ path, content: contentOf(repository, path), isLarge: LARGE.test(path) })),
  }));
}

function contentOf(repository: string, path: string): Buffer {
  const real = join(OFFICIAL, repository, path);
  return existsSync(real) ? readFileSync(real) : Buffer.from(`${repository}/${path}: nothing that features need\n`);
}

function commitOf(repository: string): string {
  const sources = CATALOGUE.flatMap(({ files }) => files).map(({ source }) => source);
  for (const source of sources) {
    if (source.kind !== 'hub' || source.at.repository !== repository) continue;
    return source.at.revision === 'main' ? SOME_COMMIT : source.at.revision;
  }
  throw new Error(`no model of the catalogue comes from ${repository}`);
}

/** The repositories that a model of the catalogue comes from. */
export function repositoriesOf(id: string): string[] {
  const files = CATALOGUE.find((model) => model.id === id)?.files ?? [];
  return [...new Set(files.flatMap(({ source }) => (source.kind === 'hub' ? [source.at.repository] : [])))];
}

/** The hub and ADM's server with all files, and the built command line with separate home folders. */
export class OfficialModels {
  readonly #folder = mkdtempSync(join(tmpdir(), 'samepoint-official-'));
  #homes = 0;

  private constructor(readonly hub: FakeHub) {}

  static async start(): Promise<OfficialModels> {
    const models = new OfficialModels(await FakeHub.start());
    models.#serve();
    return models;
  }

  async stop(): Promise<void> {
    await this.hub.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** An empty home folder. */
  newHome(): Home {
    return new Home(join(this.#folder, `home-${this.#homes++}`), {
      HF_ENDPOINT: this.hub.url,
      NODE_OPTIONS: `--import=${PRELOAD.href}`,
      OFFICIAL_SIZES: this.#sizesFile,
    });
  }

  get #sizesFile(): string {
    return join(this.#folder, 'sizes.json');
  }

  #serve(): void {
    const served: Record<string, { size: number; sha256: string }> = {};
    for (const repository of officialRepositories()) {
      this.hub.putRepository(repository);
      for (const { path, content } of repository.files) {
        served[`${repository.repository}/${path}`] = { size: content.length, sha256: sha256(content) };
      }
    }
    const weights = readFileSync(join(ADM, 'model.pt'));
    this.hub.putElsewhere(ADM_PATH.slice(1), weights);
    served[ADM_PATH] = { size: weights.length, sha256: sha256(weights) };
    const adm: unknown = JSON.parse(readFileSync(join(ADM, 'config.json'), 'utf8'));
    writeFileSync(this.#sizesFile, JSON.stringify({ served, cdnUrl: this.hub.cdnUrl, adm }));
  }
}

/** A home folder with all files that the command line reads or writes. */
export class Home {
  constructor(
    readonly path: string,
    readonly env: NodeJS.ProcessEnv,
  ) {}

  get hubCache(): string {
    return join(this.path, '.cache/huggingface/hub');
  }

  /** The same home for commands that must not reach the hub. */
  offline(): Home {
    return new Home(this.path, { ...this.env, HF_HUB_OFFLINE: '1' });
  }

  run(...args: readonly string[]): Promise<CliRun> {
    const own = Object.keys(process.env).filter((name) => SETTINGS.test(name));
    return runCliWith(
      {
        ...Object.fromEntries(own.map((name) => [name, undefined])),
        HOME: this.path,
        USERPROFILE: this.path,
        LOCALAPPDATA: join(this.path, 'AppData'),
        ORT_DISABLE_TELEMETRY: '1',
        SAMEPOINT_PROVIDER: 'cpu',
        ...this.env,
      },
      ...args,
    );
  }
}
