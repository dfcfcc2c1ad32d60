import type { GpuDevice } from '../../engine/providers/gpu-devices.js';
import { systemName, unsupportedSystem } from '../../native-parts.js';
import { formatGigabytes } from '../format/format-values.js';
import type { Finding } from './findings.js';

export interface PlatformFacts {
  platform: string;
  arch: string;
  /** Without the leading `v`. */
  nodeVersion: string;
}

const MIN_NODE = { major: 20, minor: 19 };

export function checkPlatform({ platform, arch, nodeVersion }: PlatformFacts): Finding[] {
  return [checkSystem(platform, arch), checkNode(nodeVersion)];
}

function checkSystem(platform: string, arch: string): Finding {
  const check = 'platform';
  const unsupported = unsupportedSystem({ platform, arch });
  if (unsupported === undefined) return { check, state: 'ok', message: systemName({ platform, arch }) };
  return { check, state: 'failed', message: unsupported.message, fix: unsupported.remedy };
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
