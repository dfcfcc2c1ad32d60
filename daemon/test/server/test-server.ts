import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '@samepoint/shared-protocol';
import type { ModelSource } from '../../src/models/model-source.js';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/server.js';
import { TokenStore } from '../../src/server/token-store.js';
import { FakeEngine } from './fake-engine.js';
import { ManualClock } from './manual-clock.js';
import { TestClient } from './test-client.js';

const BACKENDS: readonly Backend[] = [{ id: 'ui', title: 'Mockups', state: 'embedded' }];

/** A source without models. */
export const NO_MODELS: ModelSource = {
  offer: () => undefined,
  pull: () => Promise.reject(new Error('the test has no models')),
};

/** A daemon on an ephemeral port with a fake engine, a manual clock and one paired client. */
export class TestServer {
  readonly engine = new FakeEngine();
  readonly clock = new ManualClock();
  readonly logged: string[] = [];
  readonly stateDir = mkdtempSync(join(tmpdir(), 'samepoint-test-'));
  readonly tokens = new TokenStore(this.stateDir);
  readonly token = this.tokens.issue('test');
  #running: RunningServer | undefined;

  static async start(
    options: Partial<Pick<ServerOptions, 'backends' | 'models' | 'plugin' | 'stop'>> = {},
  ): Promise<TestServer> {
    const server = new TestServer();
    server.#running = await startServer({
      engine: server.engine,
      device: server.engine.device,
      backends: { list: () => BACKENDS, has: (id) => BACKENDS.some((backend) => backend.id === id) },
      models: NO_MODELS,
      daemon: 'samepoint 0.0.0-test',
      tokens: server.tokens,
      ports: [0],
      clock: server.clock,
      log: (line) => server.logged.push(line),
      ...options,
    });
    return server;
  }

  get running(): RunningServer {
    if (this.#running === undefined) throw new Error('the server does not run');
    return this.#running;
  }

  get port(): number {
    return this.running.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  connect(token = this.token): Promise<TestClient> {
    return TestClient.greeted(this.port, token);
  }

  async stop(): Promise<void> {
    await this.running.close();
    rmSync(this.stateDir, { recursive: true, force: true });
  }
}
