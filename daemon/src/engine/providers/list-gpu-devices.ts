import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import {
  appleDevice,
  type GpuDevice,
  NVIDIA_QUERY,
  type PciDevice,
  parseNvidiaSmi,
  parseWindowsAdapters,
  pciGpus,
  WINDOWS_QUERY,
} from './gpu-devices.js';

const COMMAND_TIMEOUT_MS = 10_000;
const PCI_DEVICES = '/sys/bus/pci/devices';
const VULKAN_FOLDERS = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d'];

/** The graphics devices of this computer. Takes about a second on Windows. */
export async function listGpuDevices(platform: NodeJS.Platform = process.platform): Promise<GpuDevice[]> {
  switch (platform) {
    case 'linux': {
      const onBus = pciGpus(pciDevices());
      const nvidia = parseNvidiaSmi(await output('nvidia-smi', NVIDIA_QUERY));
      return nvidia.length === 0 ? onBus : [...nvidia, ...onBus.filter(({ vendor }) => vendor !== 'nvidia')];
    }
    case 'win32': {
      const powershell = ['-NoProfile', '-NonInteractive', '-Command', WINDOWS_QUERY];
      return parseWindowsAdapters(await output('powershell.exe', powershell));
    }
    case 'darwin':
      return process.arch === 'arm64' ? [appleDevice(cpus()[0]?.model ?? 'Apple')] : [];
    default:
      return [];
  }
}

/** Changes with drivers that have no version: the system's release, and the times of Vulkan's driver manifests. */
export function driverStamp(): string {
  return JSON.stringify([release(), vulkanDrivers().map((path) => [path, statSync(path).mtimeMs])]);
}

/** Paths of Vulkan's driver manifests on Linux. */
export function vulkanDrivers(env: NodeJS.ProcessEnv = process.env): string[] {
  const chosen = env.VK_DRIVER_FILES ?? env.VK_ICD_FILENAMES;
  if (chosen !== undefined) return chosen.split(delimiter).filter((path) => existsSync(path));
  const folders = VULKAN_FOLDERS.filter((folder) => existsSync(folder));
  return folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))).sort();
}

function pciDevices(): PciDevice[] {
  if (!existsSync(PCI_DEVICES)) return [];
  return readdirSync(PCI_DEVICES).map((name) => {
    const read = (file: string) => textOf(join(PCI_DEVICES, name, file));
    return {
      class: read('class'),
      vendor: read('vendor'),
      device: read('device'),
      vramTotal: read('mem_info_vram_total'),
    };
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The output of a command; empty if it is missing, fails or hangs. */
async function output(command: string, args: readonly string[]): Promise<string> {
  try {
    const options = { timeout: COMMAND_TIMEOUT_MS, windowsHide: true };
    return (await promisify(execFile)(command, [...args], options)).stdout;
  } catch {
    return '';
  }
}
