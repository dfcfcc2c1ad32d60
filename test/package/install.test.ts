import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LockedPackage } from '../../scripts/package/shrinkwrap.mjs';
import { REPOSITORY } from '../documents/documents.js';
import { copyClone } from './copy-clone.js';
import { type LocalRegistry, startLocalRegistry } from './local-registry.js';

const { version }: { version: string } = JSON.parse(readFileSync(join(REPOSITORY, 'daemon', 'package.json'), 'utf8'));
const TARBALL = `samepoint-${version}.tgz`;
const STALE_MODULE = 'daemon/dist/cli/removed-command.js';

/** Everything below is in one temporary folder, the clone, npm's cache and the user's home included. */
const folder = mkdtempSync(join(tmpdir(), 'samepoint-package-'));
const clone = join(folder, 'clone');
const user = join(folder, 'user');
let registry: LocalRegistry;

/** Runs a program to its end in the user's environment, which has a search path, an empty home and no network. */
async function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = start(cwd, command, args, env);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

function start(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { PATH } = process.env;
  const npm = { npm_config_cache: join(folder, 'cache'), npm_config_registry: registry.url };
  // a program that reaches for the network despite all is refused at once
  const noNetwork = { GLOBAL_AGENT_HTTPS_PROXY: registry.url, GLOBAL_AGENT_HTTP_PROXY: registry.url };
  return spawn(command, args, {
    cwd,
    env: { PATH, HOME: join(folder, 'home'), SAMEPOINT_PROVIDER: 'cpu', ...npm, ...noNetwork, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

beforeAll(async () => {
  registry = await startLocalRegistry(REPOSITORY);
  mkdirSync(join(folder, 'home'));
  mkdirSync(user);
  copyClone(REPOSITORY, clone);
  mkdirSync(join(clone, STALE_MODULE, '..'), { recursive: true });
  writeFileSync(join(clone, STALE_MODULE), '');
});

afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('npm pack -w daemon, in an unbuilt clone', () => {
  let files: string[] = [];

  beforeAll(async () => {
    const before = readdirSync(join(clone, 'daemon'));
    const { code, stderr } = await run(clone, 'npm', ['pack', '-w', 'daemon']);
    expect(code, stderr).toBe(0);
    expect(readdirSync(join(clone, 'daemon')).filter((name) => !before.includes(name))).toEqual([
      'tsconfig.tsbuildinfo',
    ]);
    expect(readdirSync(clone).filter((name) => name.endsWith('.tgz'))).toEqual([TARBALL]);
    cpSync(join(clone, TARBALL), join(user, TARBALL));
    const { stdout } = await run(user, 'tar', ['-tzf', TARBALL]);
    files = stdout.trim().split('\n');
  });

  it('includes the program, the plugin, the model and the documents', () => {
    const expected = [
      'bin/samepoint.js',
      'lib/cli/main.js',
      'lib/index.js',
      'lib/index.d.ts',
      'models/ui/model.safetensors',
    ];
    const plugin = ['manifest.json', 'main.js', 'ui.html'].map((name) => `lib/plugin/${name}`);
    const documents = ['README.md', 'LICENSE', 'THIRD_PARTY_NOTICES.md', 'npm-shrinkwrap.json', 'samples/home.png'];
    for (const name of [...expected, ...plugin, ...documents]) expect(files).toContain(`package/${name}`);
  });

  it('includes no sources, tests, source maps, build stamps or modules without a source', () => {
    expect(files.filter((name) => /\.map$|tsbuildinfo|stamp|(?<!\.d)\.ts$|\.test\.|\/test\//.test(name))).toEqual([]);
    expect(files.filter((name) => name.includes('removed-command'))).toEqual([]);
  });
});

describe('the tarball, without network and in an empty home', () => {
  const SKIP = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const installed = join(user, 'node_modules', 'samepoint');
  const npx = (...args: string[]) => run(user, 'npx', ['--offline', ...args]);

  beforeAll(async () => {
    // fills npm's cache from the registry; what follows is offline
    const first = await run(user, 'npx', ['--yes', '--package', `./${TARBALL}`, 'samepoint', '--version'], SKIP);
    expect(first, first.stderr).toMatchObject({ code: 0, stdout: `${version}\n` });
    const { code, stderr } = await run(user, 'npm', ['install', '--offline', `./${TARBALL}`], SKIP);
    expect(code, stderr).toBe(0);
    for (const name of ['home.png', 'dark.png']) cpSync(join(installed, 'samples', name), join(user, name));
  });

  it('runs by npx', async () => {
    expect(await npx('--package', `./${TARBALL}`, 'samepoint', '--version')).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
    });
  });

  it('has modules that name no unpublished package and no source map', () => {
    const modules = readdirSync(join(installed, 'lib'), { recursive: true, encoding: 'utf8' });
    const texts = modules
      .filter((name) => /\.(js|ts)$/.test(name))
      .map((name) => readFileSync(join(installed, 'lib', name), 'utf8'));
    expect(texts.filter((code) => /@samepoint\/shared-protocol['"]|sourceMappingURL=/.test(code))).toEqual([]);
  });

  it('matches images', async () => {
    const { code, stdout, stderr } = await npx(
      'samepoint',
      'match',
      'home.png',
      'home.png',
      '--points',
      '120,80',
      '--json',
    );
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).targets).toHaveLength(1);
  });

  it('checks the computer', async () => {
    const { code, stdout } = await npx('samepoint', 'doctor');
    expect(stdout).toMatch(/^ok +inference/m);
    expect(code, stdout).toBe(0);
  });

  it('installs the plugin', async () => {
    const target = join(user, 'plugin');
    const { code, stderr } = await npx('samepoint', 'plugin', target);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))).toMatchObject({
      main: 'main.js',
      ui: 'ui.html',
    });
    expect(existsSync(join(target, 'ui.html'))).toBe(true);
  });

  it('serves the plugin until it is stopped', async () => {
    const daemon = start(user, process.execPath, [join(installed, 'bin', 'samepoint.js'), 'start', '--port', '0']);
    const ended = once(daemon, 'exit');
    try {
      const address = await printedAddress(daemon);
      const page = await fetch(address);
      expect(await page.text()).toContain('<title>Samepoint');
    } finally {
      daemon.kill('SIGTERM');
    }
    expect((await ended)[0]).toBe(0);
  });

  it('is a library with types, as docs/library.md shows', async () => {
    const [, example = ''] =
      /^```ts\n([\s\S]*?)^```$/m.exec(readFileSync(join(REPOSITORY, 'docs', 'library.md'), 'utf8')) ?? [];
    writeFileSync(join(user, 'example.mts'), example);
    const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
    const types = ['--types', 'node', '--typeRoots', join(REPOSITORY, 'node_modules', '@types')];
    const options = ['--module', 'nodenext', '--strict', '--target', 'es2022', ...types, 'example.mts'];
    const checked = await run(user, process.execPath, [tsc, ...options]);
    expect(checked.code, checked.stdout).toBe(0);
    const { code, stdout, stderr } = await run(user, process.execPath, ['example.mjs']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^\{ x: [\d.]+, y: [\d.]+ \} 0\.\d+\n$/);
  });
});

it('a registry’s package installs the tested versions and runs no install script', async () => {
  const source = join(user, 'node_modules', 'samepoint');
  const shrinkwrap = join(source, 'npm-shrinkwrap.json');
  // the hashes are of the original tarballs
  writeFileSync(shrinkwrap, readFileSync(shrinkwrap, 'utf8').replace(/^ *"integrity": .*\n/gm, ''));
  const manifest: LockedPackage & { version: string } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  registry.offer('samepoint', source, { ...manifest, _hasShrinkwrap: true });
  const other = join(folder, 'other');
  mkdirSync(other);
  const { code, stderr } = await run(other, 'npm', ['install', 'samepoint']);
  expect(code, stderr).toBe(0);
  const packages = join(other, 'node_modules', 'samepoint', 'node_modules');
  expect(readdirSync(packages)).toContain('onnxruntime-node');
  expect(readdirSync(join(packages, '@img')).filter((name) => name.startsWith('sharp-'))).toHaveLength(2);
});

/** The address in the banner of a starting daemon. */
async function printedAddress(daemon: ChildProcess): Promise<string> {
  let printed = '';
  for await (const chunk of daemon.stdout ?? []) {
    printed += String(chunk);
    const [address] = /http:\/\/localhost:\d+/.exec(printed) ?? [];
    if (address !== undefined) return address;
  }
  throw new Error(`The daemon ended: ${printed}`);
}
