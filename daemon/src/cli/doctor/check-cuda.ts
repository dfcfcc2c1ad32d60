import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import type { Fix } from './findings.js';

/** Why CUDA may not work here. */
export interface CudaFacts {
  platform: string;
  arch: string;
  /** Whether there is a card of NVIDIA. */
  hasCard: boolean;
  /** Whether its driver runs. */
  hasDriver: boolean;
  /** Path of onnxruntime-node's script that gets its libraries for CUDA. */
  installScript: string;
  /** File names of libraries that are not found. */
  missing: readonly string[];
}

/** What onnxruntime-node's package lacks, and its script downloads. */
export const ORT_CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';
const CUDA_PACKAGE = 'cuda-libraries-12-9';
const CUDNN_PACKAGE = 'libcudnn9-cuda-12';

/** What it loads on Linux, of CUDA 12 and cuDNN 9, and the packages of NVIDIA's repository that have it. */
export const CUDA_LIBRARIES: Readonly<Record<string, string>> = {
  'libcudart.so.12': CUDA_PACKAGE,
  'libcublas.so.12': CUDA_PACKAGE,
  'libcublasLt.so.12': CUDA_PACKAGE,
  'libcurand.so.10': CUDA_PACKAGE,
  'libcufft.so.11': CUDA_PACKAGE,
  'libcudnn.so.9': CUDNN_PACKAGE,
};

export interface LibraryFacts {
  /** Whether {@link ORT_CUDA_LIBRARY} lies beside ONNX Runtime. */
  hasOrtLibrary: boolean;
  /** What `ldconfig -p` prints. */
  ldconfig: string;
  /** Names of the files in the folders of `LD_LIBRARY_PATH`. */
  libraryPathFiles: readonly string[];
}

/** File names of the libraries that CUDA needs and the system does not find, ONNX Runtime's own first. */
export function missingCudaLibraries({ hasOrtLibrary, ldconfig, libraryPathFiles }: LibraryFacts): string[] {
  const cached = [...ldconfig.matchAll(/^\s*(\S+) \(/gm)].map(([, name]) => name);
  const found = new Set([...cached, ...libraryPathFiles]);
  const missing = Object.keys(CUDA_LIBRARIES).filter((name) => !found.has(name));
  return [...(hasOrtLibrary ? [] : [ORT_CUDA_LIBRARY]), ...missing];
}

/** What to do so that CUDA works; undefined where nothing that can be typed helps. */
export function cudaFix({ platform, arch, hasCard, hasDriver, installScript, missing }: CudaFacts): Fix | undefined {
  if (!hasCard || platform !== 'linux' || arch !== 'x64') return undefined;
  if (!hasDriver) {
    return {
      sentence: 'Install the driver of NVIDIA (https://www.nvidia.com/drivers), on Ubuntu by:',
      command: 'sudo ubuntu-drivers install',
    };
  }
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.flatMap((name) => CUDA_LIBRARIES[name] ?? []))];
  const commands = [
    ...(packages.length === 0 ? [] : [`sudo apt-get install ${packages.join(' ')}`]),
    ...(missing.includes(ORT_CUDA_LIBRARY) ? [`node ${installScript} --onnxruntime-node-install=cuda12`] : []),
  ];
  const source = 'With the repository of NVIDIA set up (https://developer.nvidia.com/cuda-downloads), ';
  return {
    sentence:
      packages.length === 0
        ? 'This downloads the libraries of ONNX Runtime for it:'
        : `${source}on Debian and Ubuntu (elsewhere CUDA 12 and cuDNN 9 by other means):`,
    command: commands.join(' && '),
  };
}

/** Why CUDA does not work, by what is missing; `why` where nothing is. */
export function cudaProblem({ platform, arch, hasCard, hasDriver, missing }: CudaFacts, why: string): string {
  if (!hasCard) return 'no graphics card of NVIDIA was found';
  if (platform === 'win32') return 'onnxruntime-node has no CUDA for Windows; DirectML uses the card';
  if (arch !== 'x64') return `onnxruntime-node has no CUDA for ${platform} ${arch}`;
  if (!hasDriver) return 'the card of NVIDIA has no driver that answers (nvidia-smi)';
  return missing.length === 0 ? why : `missing ${missing.join(', ')}`;
}

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
