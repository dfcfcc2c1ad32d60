// Installs the packages and builds everything; skips what is up to date. Uses only Node, since nothing else may be
// installed yet.
//   --force       build even if nothing has changed
//   --browser     also install Chromium and the Vulkan loader for the tests (on Debian as root)
//   --no-install  use the installed packages as they are
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const INSTALL_STAMP = join(top, 'node_modules', '.prepare-stamp');
const BUILD_STAMP = join(top, 'daemon', 'dist', '.prepare-stamp');
const VULKAN_LOADERS = [
  '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
  '/usr/lib64/libvulkan.so.1',
  '/usr/lib/libvulkan.so.1',
];
const BUILD_INPUTS = [
  'shared-protocol/src',
  'daemon/src',
  'plugin',
  'manifest.json',
  'test',
  'scripts',
  'tsconfig.base.json',
  'package-lock.json',
];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node ${process.versions.node} is too old. Install Node 20.19 or newer, then run the command again.`);
}

if (!process.argv.includes('--no-install')) install();
build(process.argv.includes('--force'));
if (process.argv.includes('--browser')) {
  provideBrowser();
  provideVulkan();
}

function install() {
  const lock = readFileSync(join(top, 'package-lock.json'), 'utf8');
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === lock) return;
  log('installing packages (once) …');
  run(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund'],
    'npm ci failed. Check the network, then run the command again.',
  );
  writeFileSync(INSTALL_STAMP, lock);
}

function build(force) {
  if (!force && existsSync(BUILD_STAMP) && newest(BUILD_INPUTS) <= statSync(BUILD_STAMP).mtimeMs) return;
  log('building …');
  // tsc regards deleted output as up to date
  const anew = existsSync(join(top, 'daemon', 'dist', 'cli', 'main.js')) ? [] : ['--force'];
  run(
    process.execPath,
    [join(top, 'node_modules', 'typescript', 'bin', 'tsc'), '-b', ...anew],
    'Type checking failed; see the errors above.',
  );
  run(process.execPath, [join(top, 'plugin', 'build.mjs')], 'The plugin build failed; see the errors above.');
  writeFileSync(BUILD_STAMP, '');
}

/**
 * Looks for a browser for the end-to-end tests. On Debian as root it is installed automatically; without a browser those
 * tests are skipped with a notice, except in CI, where a skipped test could hide a failure.
 */
function provideBrowser() {
  const known = JSON.parse(readFileSync(join(top, 'scripts', 'browser-paths.json'), 'utf8'));
  if (process.env.CHROMIUM_PATH || known.some((path) => existsSync(path))) return;
  if (installDebian('chromium', 'Chromium for the end-to-end tests')) return;
  const remedy = 'Install Chromium or Chrome (Debian: `sudo apt-get install chromium`), or set CHROMIUM_PATH.';
  if (process.env.CI) fail(`CI requires a browser for the end-to-end tests. ${remedy}`);
  log(`NO BROWSER: skipping the tests of the plugin's window and the end-to-end tests. ${remedy}`);
}

/** Looks for the Vulkan loader, which WebGPU needs on Linux. Without it, the WebGPU tests are skipped with a notice. */
function provideVulkan() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return;
  if (VULKAN_LOADERS.some((path) => existsSync(path))) return;
  installDebian('libvulkan1', 'the Vulkan loader for the WebGPU tests');
}

/** Installs a Debian package, if possible. Returns whether it succeeded. */
function installDebian(name, purpose) {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return false;
  log(`installing ${purpose} (once) …`);
  return (
    attempt('apt-get', ['update', '-qq']) &&
    attempt('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name])
  );
}

/** Modification time of the newest file below the given paths, in ms. */
function newest(paths) {
  return Math.max(...paths.map((path) => newestBelow(join(top, path))));
}

function newestBelow(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const children = readdirSync(path).filter(
    (name) => name !== 'node_modules' && name !== 'dist' && name !== 'fixtures',
  );
  return Math.max(stats.mtimeMs, ...children.map((name) => newestBelow(join(path, name))));
}

function run(command, args, failure) {
  if (!attempt(command, args)) fail(failure);
}

function attempt(command, args) {
  const options = { cwd: top, stdio: ['ignore', 2, 'inherit'], env: process.env };
  // Node needs a shell to run a .cmd, and warns about separate arguments; none of ours needs quoting
  const { status, error } = command.endsWith('.cmd')
    ? spawnSync([command, ...args].join(' '), { ...options, shell: true })
    : spawnSync(command, args, options);
  return status === 0 && !error;
}

function log(text) {
  process.stderr.write(`samepoint: ${text}\n`);
}

function fail(text) {
  log(text);
  process.exit(1);
}
