import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLONE = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Copies the built daemon with its packages, so that some can be damaged. Only ONNX Runtime and sharp are copied too;
 * the others are links. ONNX Runtime has no libraries of other platforms.
 * @returns the entry of the command line
 */
export function copyInstallation(folder: string): string {
  const daemon = join(CLONE, 'daemon');
  for (const name of ['bin', 'dist', 'package.json'])
    cpSync(join(daemon, name), join(folder, name), { recursive: true });
  symlinkSync(join(daemon, 'models'), join(folder, 'models'), 'junction');
  const packages = join(folder, 'node_modules');
  mkdirSync(packages);
  for (const name of readdirSync(join(CLONE, 'node_modules'))) {
    const [source, target] = [join(CLONE, 'node_modules', name), join(packages, name)];
    if (['onnxruntime-node', 'sharp', '@img'].includes(name)) {
      cpSync(source, target, { recursive: true, filter: (path) => !isOfOtherPlatform(path) });
    } else symlinkSync(source, target, 'junction');
  }
  return join(folder, 'bin', 'samepoint.js');
}

function isOfOtherPlatform(path: string): boolean {
  const [, platform] = /napi-v6[\\/]([a-z0-9]+)$/.exec(path) ?? [];
  return platform !== undefined && platform !== process.platform;
}
