import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogueFile, CatalogueModel } from '../../src/models/catalogue.js';
import { proxiedFetch } from '../../src/models/download/proxy.js';
import { locations } from '../../src/models/locations.js';
import type { ModelEnvironment } from '../../src/models/model-environment.js';
import { sha256 } from '../support/hub-cache-layout.js';
import { safetensorsFile } from '../support/weights-files.js';
import { COMMIT, FakeHub } from './fake-hub.js';

/** The checkpoint of the tests' model: the third up block is what features do not need. */
export const UNET = safetensorsFile({
  'conv_in.weight': 1000,
  'conv_out.weight': 3000,
  'down.weight': 50_000,
  'up_blocks.2.weight': 20_000,
  'up_blocks.3.weight': 100_000,
});
export const CONFIG = Buffer.from(
  JSON.stringify({
    block_out_channels: [32],
    down_block_types: ['DownBlock2D'],
    up_block_types: ['UpBlock2D'],
    attention_head_dim: 8,
    cross_attention_dim: 16,
  }),
);
export const NEEDED = /^(conv_in|down|up_blocks\.2)\./;

const AT = { repository: 'org/tiny', revision: COMMIT, formerly: ['old/tiny'] };

export function unetFile(change: Partial<CatalogueFile> = {}): CatalogueFile {
  return {
    name: 'unet/model.safetensors',
    source: { kind: 'hub', at: AT, path: 'unet/model.fp16.safetensors' },
    size: UNET.length,
    sha256: sha256(UNET),
    tensors: NEEDED,
    proof: 'conv_in.weight',
    ...change,
  };
}

export const CONFIG_FILE: CatalogueFile = {
  name: 'unet/config.json',
  source: { kind: 'hub', at: AT, path: 'unet/config.json' },
  size: null,
  sha256: null,
};

export function modelWith(files: CatalogueFile[], id = 'tiny'): CatalogueModel {
  return { id, title: 'Tiny', licence: 'MIT', goodFor: 'tests', weightsGb: 0, checked: true, files };
}

/** A fake hub, a temporary folder for the caches, and the environment with both. */
export class ModelRoom {
  readonly folder = mkdtempSync(join(tmpdir(), 'samepoint-models-'));
  /** Requested waits. None of them takes time. */
  readonly waits: number[] = [];

  private constructor(readonly hub: FakeHub) {}

  static async open(): Promise<ModelRoom> {
    const room = new ModelRoom(await FakeHub.start());
    room.hub.put('unet/model.fp16.safetensors', UNET);
    room.hub.put('unet/config.json', CONFIG, false);
    return room;
  }

  async close(): Promise<void> {
    await this.hub.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  environment(change: Partial<ModelEnvironment> & { env?: NodeJS.ProcessEnv } = {}): ModelEnvironment {
    const { env, ...rest } = change;
    let clock = 0;
    const at = locations({
      HF_HOME: this.folder,
      SAMEPOINT_STATE_DIR: join(this.folder, 'state'),
      HF_ENDPOINT: this.hub.url,
      ...env,
    });
    return {
      catalogue: [modelWith([CONFIG_FILE, unetFile()])],
      at,
      fetch: proxiedFetch(at.proxies),
      disk: async () => ({ id: 1, freeBytes: 1e12 }),
      sleep: async (ms) => {
        this.waits.push(ms);
        await new Promise((resolve) => setImmediate(resolve));
      },
      now: () => (clock += 100),
      link: symlink,
      ...rest,
    };
  }

  /** Paths of the files below the room's folder, without folders. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .sort();
  }
}
