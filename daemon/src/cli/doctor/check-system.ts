import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { formatGigabytes } from '../format/format-values.js';
import type { Finding } from './findings.js';

export interface PlatformFacts {
  platform: string;
  arch: string;
  /** Without the leading `v`. */
  nodeVersion: string;
}

/** What onnxruntime-node has binaries for. */
const SUPPORTED: readonly string[] = ['linux x64', 'linux arm64', 'win32 x64', 'win32 arm64', 'darwin arm64'];
const NAMES: Readonly<Record<string, string>> = { linux: 'Linux', win32: 'Windows', darwin: 'macOS' };
const MIN_NODE = { major: 20, minor: 19 };

export function checkPlatform({ platform, arch, nodeVersion }: PlatformFacts): Finding[] {
  return [checkSystem(platform, arch), checkNode(nodeVersion)];
}

function checkSystem(platform: string, arch: string): Finding {
  const name = `${NAMES[platform] ?? platform} ${arch}`;
  if (SUPPORTED.includes(`${platform} ${arch}`)) return { check: 'platform', state: 'ok', says: name };
  return {
    check: 'platform',
    state: 'failed',
    says: `ONNX Runtime, which runs the networks, has no binary for ${name}`,
    fix: { sentence: systemFix(platform, arch) },
  };
}

function systemFix(platform: string, arch: string): string {
  return platform === 'darwin' && arch === 'x64'
    ? 'On a Mac with Apple silicon, install the arm64 build of Node; a Mac with an Intel processor cannot run Samepoint.'
    : 'Use Linux or Windows on x64 or arm64, or macOS on arm64, with a Node of the same architecture.';
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > MIN_NODE.major || (major === MIN_NODE.major && minor >= MIN_NODE.minor);
  if (isNew) return { check: 'node', state: 'ok', says: version };
  const least = `${MIN_NODE.major}.${MIN_NODE.minor}`;
  return {
    check: 'node',
    state: 'failed',
    says: `${version} is older than ${least}, the least that Samepoint needs`,
    fix: { sentence: `Install Node ${least} or newer from https://nodejs.org.` },
  };
}

/** The graphics devices as the system lists them. */
export function checkDevices(devices: readonly GpuDevice[], platform: string): Finding[] {
  if (devices.length === 0) return [{ check: 'device', state: 'none', says: 'no graphics card was found' }];
  return devices.map((device) => {
    const number = numberOf(device, devices, platform);
    return { check: number === undefined ? 'device' : `device ${number}`, state: 'ok', says: describeDevice(device) };
  });
}

/** The number by which `--device` means it. Windows does not list adapters in the order in which DirectML counts them. */
function numberOf(device: GpuDevice, devices: readonly GpuDevice[], platform: string): number | undefined {
  if (platform === 'win32') return devices.length === 1 ? 0 : undefined;
  const number = devices.filter(({ vendor }) => vendor === 'nvidia').indexOf(device);
  return number < 0 ? undefined : number;
}

/** Name, driver and memory. */
export function describeDevice({ name, driver, memoryBytes, freeBytes, sharesMemory }: GpuDevice): string {
  const memory = memoryBytes === undefined ? 'how much memory it has is not known' : formatGigabytes(memoryBytes);
  return [
    name,
    ...(driver === undefined ? [] : [`driver ${driver}`]),
    sharesMemory ? 'shares the memory of the system' : memory,
    ...(freeBytes === undefined ? [] : [`${formatGigabytes(freeBytes)} free`]),
  ].join(', ');
}
