import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { nativeFailure, reinstallation, type System, unsupportedSystem } from '../src/native-parts.js';
import { copyInstallation } from './support/copy-installation.js';
import { useTempFolder } from './support/temp-folder.js';

const folder = useTempFolder();
const IMAGE = fileURLToPath(new URL('../samples/home.png', import.meta.url));
const LINUX: System = { platform: 'linux', arch: 'x64', glibc: '2.36' };
const REMEDY = { sentence: 'Install again.' };

/** Messages of Node 20 and sharp 0.35 on Debian and Alpine. */
const MISSING_BINDING = `Cannot find module '../bin/napi-v6/linux/x64/onnxruntime_binding.node'
Require stack:
- /app/node_modules/onnxruntime-node/dist/binding.js`;
const MISSING_LIBVIPS = `Could not load the "sharp" module using the linux-x64 runtime
ERR_DLOPEN_FAILED: libvips-cpp.so.8.18.7: cannot open shared object file: No such file or directory
Possible solutions:
- Ensure optional dependencies can be installed:`;

describe('a native part that does not load', () => {
  it.each([
    [
      "Cannot find package 'onnxruntime-node' imported from /app/run.js",
      'ONNX Runtime (onnxruntime-node) is not installed',
    ],
    [MISSING_BINDING, 'ONNX Runtime (onnxruntime-node) has no binary for Linux x64'],
    [
      'libonnxruntime.so.1: cannot open shared object file: No such file or directory',
      'ONNX Runtime (onnxruntime-node) cannot be loaded: libonnxruntime.so.1: cannot open shared object file: No such file or directory',
    ],
    ["Cannot find package 'sharp' imported from /app/run.js", 'The image library (sharp) is not installed'],
    [
      'Could not load the "sharp" module using the linux-x64 runtime',
      'The image library (sharp) has no binary for Linux x64',
    ],
    [
      MISSING_LIBVIPS,
      'The image library (sharp) cannot be loaded: libvips-cpp.so.8.18.7: cannot open shared object file: No such file or directory',
    ],
  ])('%s', (message, expected) => {
    expect(nativeFailure(new Error(message), LINUX, REMEDY)).toMatchObject({ message: expected, remedy: REMEDY });
  });

  it.each([
    [
      'an Intel Mac',
      MISSING_BINDING,
      { platform: 'darwin', arch: 'x64', glibc: undefined },
      /no binary for macOS x64/,
      /Apple silicon/,
    ],
    [
      'Alpine',
      'Error loading shared library ld-linux-x86-64.so.2 (needed by libonnxruntime.so.1)',
      { ...LINUX, glibc: undefined },
      /needs the GNU C library/,
      /node:22-slim/,
    ],
    [
      'an old Linux',
      "/lib64/libm.so.6: version `GLIBC_2.28' not found (required by libonnxruntime.so.1)",
      { ...LINUX, glibc: '2.17' },
      /needs GLIBC_2\.28/,
      /2\.28 or newer/,
    ],
  ])('on %s asks for another system', (_name, text, system, message, remedy) => {
    const failure = nativeFailure(new Error(text), system, REMEDY);
    expect(failure?.message).toMatch(message);
    expect(failure?.remedy.sentence).toMatch(remedy);
  });

  it('is not the cause of other errors', () => {
    expect(nativeFailure(new Error('ENOENT: no such file, open home.png'), LINUX, REMEDY)).toBeUndefined();
  });

  it.each(['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'])(
    'is not reported for %s',
    (name) => {
      const [platform = '', arch = ''] = name.split(' ');
      expect(unsupportedSystem({ platform, arch })).toBeUndefined();
    },
  );
});

describe('installing again', () => {
  it('deletes the folder of npx', () => {
    const root = join('home', '.npm', '_npx', '0123', 'node_modules', 'samepoint');
    expect(reinstallation(root).sentence).toContain(`${join('home', '.npm', '_npx', '0123')}, then run npx again`);
  });

  it('names npm uninstall for a global package, and npm ci for a clone', () => {
    expect(reinstallation(join('usr', 'lib', 'node_modules', 'samepoint')).command).toBe(
      'npm install --global samepoint',
    );
    expect(reinstallation(join('home', 'samepoint', 'daemon')).command).toBe('npm ci');
  });
});

describe('the command line', () => {
  let bin = '';
  let hidden: string[] = [];
  beforeAll(() => {
    const installed = folder.path(join('node_modules', 'samepoint'));
    mkdirSync(installed, { recursive: true });
    writeFileSync(folder.path('package.json'), '{}');
    bin = copyInstallation(installed);
  });
  afterEach(() => {
    for (const path of hidden) renameSync(`${path}.hidden`, path);
    hidden = [];
  });

  function hide(name: string): void {
    const path = join(dirname(bin), '..', 'node_modules', name);
    renameSync(path, `${path}.hidden`);
    hidden.push(path);
  }

  function samepoint(...args: string[]) {
    const env = { ...process.env, SAMEPOINT_STATE_DIR: folder.path('state'), SAMEPOINT_PROVIDER: 'cpu' };
    return spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env, cwd: dirname(bin) });
  }

  const { platform, arch } = process;
  const PARTS = [
    ['onnxruntime-node', 'ONNX Runtime (onnxruntime-node) is not installed.'],
    [`onnxruntime-node/bin/napi-v6/${platform}`, 'ONNX Runtime (onnxruntime-node) has no binary for '],
    ['sharp', 'The image library (sharp) is not installed.'],
    [`@img/sharp-${platform}-${arch}`, 'The image library (sharp) has no binary for '],
  ] as const;

  it.each(PARTS)('without %s names it and how to install it, in one line', (name, message) => {
    hide(name);
    for (const args of [
      ['start', '--port', '0'],
      ['align', IMAGE, IMAGE, '--out', folder.path('out')],
    ]) {
      const { status, stderr } = samepoint(...args);
      expect(stderr).toMatch(/^samepoint: .*\n$/);
      expect(stderr).toContain(message);
      expect(stderr).toContain('then install again: npm install');
      expect(status).toBe(1);
    }
  });

  it('without both runs doctor, which names them', () => {
    hide('onnxruntime-node');
    hide('sharp');
    const { status, stdout } = samepoint('doctor');
    expect(stdout).toMatch(/^FAILED +runtime +ONNX Runtime \(onnxruntime-node\) is not installed$/m);
    expect(stdout).toMatch(/^FAILED +image library +The image library \(sharp\) is not installed$/m);
    expect(stdout).toContain('npm install');
    expect(status).toBe(1);
  });
});
