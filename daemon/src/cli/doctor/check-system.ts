import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { formatGigabytes } from '../format/format-values.js';
import type { Finding } from './findings.js';

export interface PlatformFacts {
  platform: string;
  arch: string;
  /** Without the leading `v`. */
  nodeVersion: string;
}

/** Platforms with a binary of onnxruntime-node. */
const SUPPORTED: readonly string[] = ['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'];
const NAMES: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };
const MIN_NODE = { major: 20, minor: 19 };

export function checkPlatform({ platform, arch, nodeVersion }: PlatformFacts): Finding[] {
  return [checkSystem(platform, arch), checkNode(nodeVersion)];
}

function checkSystem(platform: string, arch: string): Finding {
  const name = `${NAMES[platform] ?? platform} ${arch}`;
  if (SUPPORTED.includes(`${platform} ${arch}`)) return { check: 'platform', state: 'ok', message: name };
  return {
    check: 'platform',
    state: 'failed',
    message: `ONNX Runtime has no binary for ${name}`,
    fix: { sentence: systemFix(platform, arch) },
  };
}

function systemFix(platform: string, arch: string): string {
  return platform === 'darwin' && arch === 'x64'
    ? 'On a Mac with Apple silicon, install the arm64 build of Node.js. Intel Macs are not supported.'
    : 'Use Linux or Windows on x64 or arm64, or macOS on arm64, with Node.js for the same architecture.';
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor);
  if (isNew) return { check: 'node', state: 'ok', message: version };
  const minimum = `${MIN_NODE.major}.${MIN_NODE.minor}`;
  return {
    check: 'node',
    state: 'failed',
    message: `${version} is too old; Samepoint requires ${minimum}`,
    fix: { sentence: `Install Node.js ${minimum} or newer from https://nodejs.org.` },
  };
}

/** Graphics devices, as the system lists them. */
export function checkDevices(devices: readonly GpuDevice[], platform: string): Finding[] {
  if (devices.length === 0) return [{ check: 'device', state: 'none', message: 'no graphics card found' }];
  return devices.map((device) => {
    const number = numberOf(device, devices, platform);
    return {
      check: number === undefined ? 'device' : `device ${number}`,
      state: 'ok',
      message: describeDevice(device),
    };
  });
}

/** The number of a device for `--device`. On Windows, the order of the list differs from that of DirectML. */
function numberOf(device: GpuDevice, devices: readonly GpuDevice[], platform: string): number | undefined {
  if (platform === 'win32') return devices.length === 1 ? 0 : undefined;
  const number = devices.filter(({ vendor }) => vendor === 'nvidia').indexOf(device);
  return number < 0 ? undefined : number;
}

/** Name, driver and memory. */
export function describeDevice({ name, driver, memoryBytes, freeBytes, sharesMemory }: GpuDevice): string {
  const memory = memoryBytes === undefined ? 'unknown memory' : formatGigabytes(memoryBytes);
  return [
    name,
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    sharesMemory ? 'shared system memory' : memory,
    ...(freeBytes === undefined ? [] : [`${formatGigabytes(freeBytes)} free`]),
  ].join(', ');
}
