import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import type { Fix } from './findings.js';

/** What CUDA requires on this computer. */
export interface CudaFacts {
  platform: string;
  arch: string;
  /** Whether there is an NVIDIA card. */
  hasCard: boolean;
  /** Whether its driver runs. */
  hasDriver: boolean;
  /** Path of the script of onnxruntime-node that downloads its CUDA libraries. */
  installScript: string;
  /** File names of missing libraries. */
  missing: readonly string[];
}

/** Not part of the onnxruntime-node package; its script downloads it. */
export const ORT_CUDA_LIBRARY = 'libonnxruntime_providers_cuda.so';
const CUDA_PACKAGE = 'cuda-libraries-12-9';
const CUDNN_PACKAGE = 'libcudnn9-cuda-12';

/** Libraries of CUDA 12 and cuDNN 9 that it loads on Linux, with their packages in NVIDIA's repository. */
export const CUDA_LIBRARIES: Readonly<Record<string, string>> = {
  'libcudart.so.12': CUDA_PACKAGE,
  'libcublas.so.12': CUDA_PACKAGE,
  'libcublasLt.so.12': CUDA_PACKAGE,
  'libcurand.so.10': CUDA_PACKAGE,
  'libcufft.so.11': CUDA_PACKAGE,
  'libcudnn.so.9': CUDNN_PACKAGE,
};

export interface LibraryFacts {
  /** Whether {@link ORT_CUDA_LIBRARY} is installed. */
  hasOrtLibrary: boolean;
  /** What `ldconfig -p` prints. */
  ldconfig: string;
  /** Names of the files in the folders of `LD_LIBRARY_PATH`. */
  libraryPathFiles: readonly string[];
}

/** File names of missing libraries, with that of ONNX Runtime first. */
export function missingCudaLibraries({ hasOrtLibrary, ldconfig, libraryPathFiles }: LibraryFacts): string[] {
  const cached = [...ldconfig.matchAll(/^\s*(\S+) \(/gm)].map(([, name]) => name);
  const found = new Set([...cached, ...libraryPathFiles]);
  const missing = Object.keys(CUDA_LIBRARIES).filter((name) => !found.has(name));
  return [...(hasOrtLibrary ? [] : [ORT_CUDA_LIBRARY]), ...missing];
}

/** How to make CUDA work; undefined if no command helps. */
export function cudaFix({ platform, arch, hasCard, hasDriver, installScript, missing }: CudaFacts): Fix | undefined {
  if (!hasCard || platform !== 'linux' || arch !== 'x64') return undefined;
  if (!hasDriver) {
    return {
      sentence: 'Install the NVIDIA driver (https://www.nvidia.com/drivers). On Ubuntu:',
      command: 'sudo ubuntu-drivers install',
    };
  }
  if (missing.length === 0) return undefined;
  const packages = [...new Set(missing.flatMap((name) => CUDA_LIBRARIES[name] ?? []))];
  const commands = [
    ...(packages.length === 0 ? [] : [`sudo apt-get install ${packages.join(' ')}`]),
    ...(missing.includes(ORT_CUDA_LIBRARY) ? [`node ${installScript} --onnxruntime-node-install=cuda12`] : []),
  ];
  return {
    sentence:
      packages.length === 0
        ? 'Download the CUDA libraries of ONNX Runtime:'
        : 'Set up the NVIDIA repository (https://developer.nvidia.com/cuda-downloads) and install CUDA 12 and cuDNN 9. On Debian and Ubuntu:',
    command: commands.join(' && '),
  };
}

/** Why CUDA does not work; `why` if nothing is missing. */
export function cudaProblem({ platform, arch, hasCard, hasDriver, missing }: CudaFacts, why: string): string {
  if (!hasCard) return 'no NVIDIA graphics card found';
  if (platform === 'win32') return 'onnxruntime-node does not support CUDA on Windows; use DirectML';
  if (arch !== 'x64') return `onnxruntime-node does not support CUDA on ${platform} ${arch}`;
  if (!hasDriver) return 'no working NVIDIA driver (nvidia-smi)';
  return missing.length === 0 ? why : `missing ${missing.join(', ')}`;
}

/** Files of the driver on Linux; the last one is for WSL. */
const DRIVER_SIGNS = ['/proc/driver/nvidia/version', '/dev/nvidia0', '/usr/lib/wsl/lib/libcuda.so.1'];
const COMMAND_TIMEOUT_MS = 10_000;

/** Inspects the requirements of CUDA on this computer. */
export function inspectCuda(devices: readonly GpuDevice[]): CudaFacts {
  const { platform, arch } = process;
  const root = runtimeFolder();
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

/** Folder of ONNX Runtime; if it is not installed, where it would be. */
function runtimeFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..');
  } catch {
    return join('node_modules', 'onnxruntime-node');
  }
}

/** Output of `ldconfig -p`. On Debian, only root has its folder in `PATH`. */
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

/** The relative path, if it is shorter. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.length < path.length ? fromHere : path;
}
