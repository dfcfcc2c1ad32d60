import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SamepointError } from '@samepoint/shared-protocol';

/** What to do, and the command that does it, if there is one. */
export interface Remedy {
  sentence: string;
  command?: string;
}

/** A package with a binary for each platform. */
export type NativePart = 'onnxruntime-node' | 'sharp';

/** Why a native part cannot be loaded. */
export interface NativeFailure {
  part: NativePart;
  /** One sentence without a full stop. */
  message: string;
  remedy: Remedy;
}

export interface System {
  platform: string;
  arch: string;
  /** Version of the GNU C library; undefined on other systems, and on Linux with musl. */
  glibc: string | undefined;
}

const TITLES: Readonly<Record<NativePart, string>> = {
  'onnxruntime-node': 'ONNX Runtime (onnxruntime-node)',
  sharp: 'The image library (sharp)',
};

/** In the messages of Node, of the linker and of sharp. */
const SIGNS: readonly (readonly [RegExp, NativePart])[] = [
  [/onnxruntime/, 'onnxruntime-node'],
  [/["'/]sharp\b|libvips/, 'sharp'],
];

/** Platforms with a binary of onnxruntime-node. */
const SUPPORTED: readonly string[] = ['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'];
const SYSTEM_NAMES: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };

/** `macOS x64` */
export function systemName({ platform, arch }: Pick<System, 'platform' | 'arch'>): string {
  return `${SYSTEM_NAMES[platform] ?? platform} ${arch}`;
}

/** Why ONNX Runtime has no binary for a system; undefined if it has one. */
export function unsupportedSystem(system: Pick<System, 'platform' | 'arch'>): Omit<NativeFailure, 'part'> | undefined {
  const { platform, arch } = system;
  if (SUPPORTED.includes(`${platform} ${arch}`)) return undefined;
  const sentence =
    platform === 'darwin' && arch === 'x64'
      ? 'On a Mac with Apple silicon, install the arm64 build of Node.js. Intel Macs are not supported.'
      : 'Use Linux or Windows on x64 or arm64, or macOS on arm64, with Node.js for the same architecture.';
  return { message: `ONNX Runtime has no binary for ${systemName(system)}`, remedy: { sentence } };
}

/**
 * Explains why a native part was not loaded: it is missing, or for another system.
 * @param thrown by an import
 * @returns undefined if the error has another cause
 */
export function nativeFailure(
  thrown: unknown,
  system = thisSystem(),
  reinstall = reinstallation(),
): NativeFailure | undefined {
  if (!(thrown instanceof Error) || thrown instanceof SamepointError) return undefined;
  const [, part] = SIGNS.find(([pattern]) => pattern.test(thrown.message)) ?? [];
  if (part === undefined) return undefined;
  const unsupported = part === 'onnxruntime-node' ? unsupportedSystem(system) : undefined;
  if (unsupported !== undefined) return { part, ...unsupported };
  const library = part === 'onnxruntime-node' ? libraryFailure(thrown.message, system) : undefined;
  if (library !== undefined) return { part, ...library };
  return { part, message: `${TITLES[part]} ${faultOf(thrown, system)}`, remedy: reinstall };
}

/** The same as an error; other errors stay as they are. */
export function explained(thrown: unknown): SamepointError {
  const failure = nativeFailure(thrown);
  if (failure === undefined) return SamepointError.from(thrown);
  const { sentence, command } = failure.remedy;
  return new SamepointError(
    'INTERNAL',
    `${failure.message}.`,
    command === undefined ? sentence : `${sentence} ${command}`,
  );
}

/** The C library of the system does not fit. */
function libraryFailure(message: string, { platform, glibc }: System): Omit<NativeFailure, 'part'> | undefined {
  const remedy = {
    sentence:
      'Use a Linux with glibc 2.28 or newer, such as Debian, Ubuntu or Fedora. In Docker, use node:22-slim instead of node:22-alpine.',
  };
  const [, version] = /version [`']?(GLIBC(?:XX)?_[\d.]+)'? not found/.exec(message) ?? [];
  if (version !== undefined)
    return { message: `ONNX Runtime needs ${version}, which is newer than this system's`, remedy };
  if (platform !== 'linux' || glibc !== undefined) return undefined;
  return { message: 'ONNX Runtime needs the GNU C library, which this Linux does not have', remedy };
}

function faultOf({ message, ...error }: Error & { code?: unknown }, system: System): string {
  const lines = message.split('\n');
  const line = lines.find((text) => text.includes('ERR_DLOPEN_FAILED')) ?? lines[0] ?? '';
  if (/^Cannot find (package|module) '[\w-]+(\/package\.json)?'/.test(line)) return 'is not installed';
  if (/^(Cannot find module|Could not load)/.test(line)) return `has no binary for ${systemName(system)}`;
  return `cannot be loaded: ${line.replace(/^ERR_DLOPEN_FAILED: /, '') || String(error.code)}`;
}

/** How to install Samepoint again, by the place of its package. */
export function reinstallation(root = fileURLToPath(new URL('..', import.meta.url))): Remedy {
  const [folder = root, ...nested] = root.split(`${sep}node_modules${sep}`);
  if (nested.length === 0) {
    return { sentence: 'Reinstall the packages in the repository root, then run npm start:', command: 'npm ci' };
  }
  if (folder.includes(`${sep}_npx${sep}`)) {
    return { sentence: `Delete the folder ${folder}, then run npx again: it installs Samepoint anew.` };
  }
  return existsSync(join(folder, 'package.json'))
    ? { sentence: `Delete the folder ${join(folder, 'node_modules')}, then install again:`, command: 'npm install' }
    : {
        sentence: 'Run npm uninstall --global samepoint, then install it again:',
        command: 'npm install --global samepoint',
      };
}

function thisSystem(): System {
  const { platform, arch } = process;
  return { platform, arch, glibc: platform === 'linux' ? glibcVersion() : undefined };
}

function glibcVersion(): string | undefined {
  const report: { header?: { glibcVersionRuntime?: string } } = process.report?.getReport() ?? {};
  return report.header?.glibcVersionRuntime;
}
