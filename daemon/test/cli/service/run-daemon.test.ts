import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateDir } from '../../../src/app-folders.js';
import { isTransient } from '../../../src/cli/autostart/autostart.js';
import { startBanner } from '../../../src/cli/format/start-banner.js';
import { packageVersion } from '../../../src/cli/host-info.js';
import { builtPlugin, installedPlugin, installPlugin } from '../../../src/cli/plugin/install-plugin.js';
import { runDaemon, type StartedDaemon, type StartOptions } from '../../../src/cli/service/run-daemon.js';
import { readRunFiles } from '../../../src/cli/service/run-file.js';
import { TokenStore } from '../../../src/server/token-store.js';
import { FakeEngine } from '../../server/fake-engine.js';

/** Where this clone is in the system's temporary folder, the start at login is never offered. */
const IN_TEMP = isTransient(fileURLToPath(import.meta.url));

let dir: string;
let printed: string;
let engine: FakeEngine;
let daemons: StartedDaemon[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'samepoint-test-'));
  printed = '';
  engine = new FakeEngine();
  daemons = [];
});

afterEach(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  rmSync(dir, { recursive: true, force: true });
});

async function start(options: Partial<StartOptions> = {}): Promise<StartedDaemon | undefined> {
  const daemon = await runDaemon({
    port: 0,
    version: '1.2.3',
    createEngine: () => engine,
    print: (text) => {
      printed += text;
    },
    env: { SAMEPOINT_STATE_DIR: dir },
    probeTimeoutMs: 300_000,
    ...options,
  });
  if (daemon !== undefined) daemons.push(daemon);
  return daemon;
}

async function otherProgram(): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.end('{"hello":"world"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('starting', () => {
  it('prints version, device and its reason, address and pairing code', async () => {
    const daemon = await start();
    expect(printed).toContain('Samepoint 1.2.3');
    expect(printed).toContain('Fake CPU (the tests need no more)');
    expect(printed).toContain(`http://localhost:${daemon?.port}`);
    expect(printed).toMatch(/Pairing code {2}\d{3} \d{3}\n/);
  });

  it('a second time reports the running daemon, and starts no engine', async () => {
    const first = await start();
    printed = '';
    const createEngine = () => {
      throw new Error('no second engine');
    };
    expect(await start({ port: first?.port ?? 0, createEngine })).toBeUndefined();
    expect(printed).toContain(`already running at http://localhost:${first?.port} (samepoint 1.2.3)`);
  });

  it('gives way to a daemon that started while the engine did', async () => {
    const { server, port } = await otherProgram();
    await new Promise((resolve) => server.close(resolve));
    const slow = new FakeEngine();
    slow.ready = async () => {
      await start({ port });
      return engine.ready();
    };
    expect(await start({ port, createEngine: () => slow })).toBeUndefined();
    expect(printed).toContain(`already running at http://localhost:${port}`);
    expect([slow.closed, engine.closed]).toEqual([true, false]);
  });

  it('on a port of another program fails with a hint, and closes the engine', async () => {
    const { server, port } = await otherProgram();
    await expect(start({ port })).rejects.toThrow(`Port ${port} is in use by another program.`);
    expect(engine.closed).toBe(true);
    await new Promise((resolve) => server.close(resolve));
  });

  it('fails with the error of the engine', async () => {
    engine.ready = async () => {
      throw new SamepointError('ENGINE_CRASHED', 'The engine died.', 'Try again.');
    };
    await expect(start()).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    expect(engine.closed).toBe(true);
  });

  it('brings the plugin in the state folder up to date', async () => {
    const older = builtPlugin(undefined, '0.0.9');
    installPlugin(join(dir, 'plugin'), { plugin: older });
    await start();
    expect(printed).toContain(join(dir, 'plugin', 'manifest.json'));
    expect(installedPlugin(join(dir, 'plugin'))?.version).toBe(packageVersion());
  });

  it('warns if the plugin cannot be updated, and starts', async () => {
    writeFileSync(join(dir, 'plugin'), 'a file');
    const daemon = await start();
    expect(printed).toContain('Warning: The plugin was not updated. Cannot write the plugin to');
    expect((await fetch(`http://127.0.0.1:${daemon?.port}/v1/session`)).status).toBe(200);
  });

  it.runIf(process.platform === 'linux')('offers the start at login to users who have paired a plugin', async () => {
    const env = { SAMEPOINT_STATE_DIR: dir, XDG_CONFIG_HOME: dir };
    await start({ env });
    expect(printed).not.toContain('autostart');
    new TokenStore(dir).issue('Figma');
    await start({ env });
    expect(printed.includes('samepoint autostart on')).toBe(!IN_TEMP);
  });

  it('is asked to stop by the token of its run file, which it removes when it has stopped', async () => {
    const daemon = await start();
    const [run] = readRunFiles(dir);
    expect(run).toMatchObject({ port: daemon?.port, pid: process.pid, version: '1.2.3' });
    // 256 bits
    expect(run?.stopToken).toMatch(/^[\w-]{43}$/);
    await fetch(`http://127.0.0.1:${daemon?.port}/v1/stop`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${run?.stopToken}` },
    });
    await daemon?.stopRequested;
    expect(readRunFiles(dir)).toHaveLength(1);
    await daemon?.stop();
    daemons = [];
    expect(readRunFiles(dir)).toEqual([]);
  });

  it('ends with a stop that closes the engine and frees the port', async () => {
    const daemon = await start();
    await daemon?.stop();
    daemons = [];
    expect(engine.closed).toBe(true);
    await expect(fetch(`http://127.0.0.1:${daemon?.port}/v1/session`)).rejects.toThrow();
  });
});

describe('the banner', () => {
  const facts = {
    daemon: 'samepoint 1.2.3',
    device: { provider: 'cpu', description: 'CPU', reason: 'no GPU was found' },
    port: 47_615,
    code: '012345',
    pairedClients: 0,
    command: 'samepoint',
  };

  it('lists the next steps', () => {
    const plugin = { manifest: '/state/plugin/manifest.json' };
    const first = startBanner({ ...facts, plugin });
    expect(first).toMatch(/^ {2}Plugin +\/state\/plugin\/manifest\.json$/m);
    expect(first).toMatch(
      /1\. .* Import plugin from manifest… and select the file above\.\n.*2\. .* enter the pairing code/,
    );
    expect(startBanner(facts)).toContain('Next: open the Samepoint plugin in Figma and enter the pairing code');
    expect(startBanner({ ...facts, pairedClients: 2 })).toContain('If it is not paired,');
  });

  it('mentions a faster provider when one exists', () => {
    expect(startBanner(facts)).not.toContain('Faster');
    expect(startBanner({ ...facts, faster: 'CUDA would use the card: type this' })).toMatch(
      /^ {2}Faster +CUDA would use the card: type this$/m,
    );
  });

  it('says how to stop, and offers the start at login only if asked to', () => {
    expect(startBanner(facts)).toContain(
      'Press Ctrl+C to stop Samepoint. To run it without a window: samepoint start --background',
    );
    expect(startBanner(facts)).not.toContain('autostart');
    expect(startBanner({ ...facts, offerAutostart: true })).toContain('samepoint autostart on');
    const background = startBanner({ ...facts, log: '/state/daemon.log', command: 'npx samepoint' });
    expect(background).toContain('runs in the background. To stop it: npx samepoint stop');
    expect(background).not.toContain('Ctrl+C');
  });

  it('shows a warning', () => {
    expect(startBanner({ ...facts, warning: 'The plugin was not updated.' })).toContain(
      '\n  Warning: The plugin was not updated.\n',
    );
  });

  it('warns when the plugin will not find the port', () => {
    expect(startBanner({ ...facts, port: 8000 })).toContain('It will not find this daemon');
  });
});

describe('the state directory', () => {
  it('can be set by the environment', () => {
    expect(stateDir({ SAMEPOINT_STATE_DIR: '/somewhere' })).toBe('/somewhere');
    expect(stateDir({})).toMatch(/samepoint/i);
  });
});
