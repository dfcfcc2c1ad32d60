import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { type CudaFacts, missingCudaLibraries, ORT_CUDA_LIBRARY } from './check-cuda.js';

/** Where the driver shows itself on Linux; the last one is that of Windows, below it. */
const DRIVER_SIGNS = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/usr/lib/wsl/lib/libcuda.so.1'];
const COMMAND_TIMEOUT_MS = 10_000;

/** Finds out what CUDA needs here and lacks. */
export function inspectCuda(devices: readonly GpuDevice[]): CudaFacts {
  const { platform, arch } = process;
  const root = join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');
  const library = join(root, 'bin', 'napi-v6', platform, arch, ORT_CUDA_LIBRARY);
  const hasDriver = DRIVER_SIGNS.some((path) => existsSync(path));
  return {
    platform,
    arch,
    hasCard: hasDriver || devices.some(({ vendor }) => vendor === 'nvidia'),
    hasDriver,
    installScript: shortest(join(root, 'script', 'install.js')),
    missing: missingCudaLibraries({
      hasOrtLibrary: existsSync(library),
      ldconfig: cachedLibraries(),
      libraryPathFiles: (process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean).flatMap(filesIn),
    }),
  };
}

/** What `ldconfig -p` prints. Of Debian's users, only root has its folder in `PATH`. */
export function cachedLibraries(): string {
  const env = { ...process.env, PATH: [process.env.PATH, '/usr/sbin', '/sbin'].join(delimiter) };
  return spawnSync('ldconfig', ['-p'], { encoding: 'utf8', timeout: COMMAND_TIMEOUT_MS, env }).stdout ?? '';
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** As seen from here, where that is shorter to copy. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
