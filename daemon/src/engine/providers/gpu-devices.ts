import * as z from 'zod';
import type { ProviderCandidate } from './provider-probe.js';

export type GpuVendor = 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';

/** A graphics device as reported by the operating system. */
export interface GpuDevice {
  vendor: GpuVendor;
  name: string;
  /** Version of its driver, if the system reports it. */
  driver: string | undefined;
  /** Dedicated memory in bytes; undefined if unknown or shared with the system. */
  memoryBytes: number | undefined;
  freeBytes?: number;
  /** Whether it uses system memory. */
  sharesMemory: boolean;
}

const MEBIBYTE = 2 ** 20;

/** The arguments of `nvidia-smi`, with columns in the order of {@link parseNvidiaSmi}. */
export const NVIDIA_QUERY = [
  '--query-gpu=name,driver_version,memory.total,memory.free',
  '--format=csv,noheader,nounits',
];

/** NVIDIA devices in CUDA's order: one per line, sizes in MiB, "[N/A]" for unknown. */
export function parseNvidiaSmi(text: string): GpuDevice[] {
  return text
    .split('\n')
    .map((line) => line.split(',').map((cell) => cell.trim()))
    .filter((cells) => cells.length === 4)
    .map(([name = '', driver = '', total, free]) => {
      const freeBytes = mebibytes(free);
      return {
        vendor: 'nvidia',
        name,
        driver,
        memoryBytes: mebibytes(total),
        ...(freeBytes === undefined ? {} : { freeBytes }),
        sharesMemory: false,
      };
    });
}

function mebibytes(cell: string | undefined): number | undefined {
  const value = Number(cell);
  return cell !== '' && Number.isFinite(value) ? value * MEBIBYTE : undefined;
}

/** Lists the display adapters, with their memory from the registry: `Win32_VideoController.AdapterRAM` is limited to 4 GB. */
export const WINDOWS_QUERY = [
  '$class = "HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Class\\{4d36e968-e325-11ce-bfc1-08002be10318}\\0*"',
  '$keys = Get-ItemProperty -Path $class -ErrorAction SilentlyContinue',
  '@(Get-CimInstance Win32_VideoController | ForEach-Object { $a = $_',
  '$k = $keys | Where-Object { $_.DriverDesc -eq $a.Name } | Select-Object -First 1',
  '@{ name = $a.Name; driver = $a.DriverVersion; pnp = $a.PNPDeviceID; memory = "$($k."HardwareInformation.qwMemorySize")" }',
  '}) | ConvertTo-Json -Compress',
].join('; ');

const controllerSchema = z.object({
  name: z.string(),
  driver: z.string().nullable(),
  pnp: z.string().nullable(),
  memory: z.string(),
});

/** Parses the output of {@link WINDOWS_QUERY}: one object, or an array of several. Omits software adapters. */
export function parseWindowsAdapters(text: string): GpuDevice[] {
  const parsed = z.union([controllerSchema, z.array(controllerSchema)]).safeParse(fromJson(text));
  if (!parsed.success) return [];
  return [parsed.data].flat().flatMap(({ name, driver, pnp, memory }): GpuDevice[] => {
    const pci = /^PCI\\VEN_([0-9A-F]{4})/i.exec(pnp ?? '')?.[1];
    if (pci === undefined) return [];
    const vendor = vendorOf(pci);
    const bytes = Number(memory);
    const sharesMemory = vendor === 'intel' && !/\bArc\b/.test(name);
    const memoryBytes = bytes > 0 && !sharesMemory ? bytes : undefined;
    return [{ vendor, name, driver: driver ?? undefined, memoryBytes, sharesMemory }];
  });
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NAMES: Record<GpuVendor, string> = {
  nvidia: 'NVIDIA',
  amd: 'AMD',
  intel: 'Intel',
  apple: 'Apple',
  other: 'Unknown',
};
/** PCI vendor ids. */
const VENDORS: Readonly<Record<string, GpuVendor>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

function vendorOf(pci: string): GpuVendor {
  return VENDORS[pci.toLowerCase().replace(/^0x/, '')] ?? 'other';
}

/** The files of one device in `/sys/bus/pci/devices/*` on Linux; undefined if missing. */
export interface PciDevice {
  class: string | undefined;
  vendor: string | undefined;
  device: string | undefined;
  /** `mem_info_vram_total`; only AMD's driver provides it. */
  vramTotal: string | undefined;
}

/** The PCI class of displays, the first byte of three. */
const DISPLAY_CLASS = '0x03';
/** A device with less dedicated memory is integrated; its BIOS reserves part of the system memory. */
const MIN_DEDICATED_BYTES = 2 ** 31;

/** The graphics devices among Linux's PCI devices. Their drivers have no version. */
export function pciGpus(devices: readonly PciDevice[]): GpuDevice[] {
  return devices
    .filter((pci) => pci.class?.startsWith(DISPLAY_CLASS))
    .map(({ vendor = '', device = '', vramTotal }) => {
      const brand = vendorOf(vendor.trim());
      const bytes = Number(vramTotal?.trim() || Number.NaN);
      const sharesMemory = brand === 'intel' || bytes < MIN_DEDICATED_BYTES;
      const memoryBytes = bytes > 0 && !sharesMemory ? bytes : undefined;
      return {
        vendor: brand,
        name: `${NAMES[brand]} ${device.trim()}`.trim(),
        driver: undefined,
        memoryBytes,
        sharesMemory,
      };
    })
    .filter(({ vendor }) => vendor !== 'other');
}

/** The GPU of a Mac with Apple silicon; its driver is part of the system. */
export function appleDevice(processor: string): GpuDevice {
  return { vendor: 'apple', name: processor, driver: undefined, memoryBytes: undefined, sharesMemory: true };
}

/** Assumed for a device of unknown memory: the minimum of cards of the last ten years. */
const UNKNOWN_BYTES = 4 * 2 ** 30;

/** The device that a provider uses; undefined if unknown or ambiguous. */
export function deviceFor(
  { provider, deviceId }: ProviderCandidate,
  devices: readonly GpuDevice[],
): GpuDevice | undefined {
  switch (provider) {
    case 'cpu':
      return undefined;
    case 'cuda':
      return devices.filter(({ vendor }) => vendor === 'nvidia')[deviceId ?? 0];
    case 'dml':
      // the order of Windows's list is not DirectML's
      return only(devices);
    case 'webgpu':
    case 'coreml':
      // ONNX Runtime requests the high-performance adapter from WebGPU
      return only(devices) ?? only(devices.filter(({ sharesMemory }) => !sharesMemory));
  }
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/**
 * Memory available to networks on a provider's device, in bytes: its dedicated memory, or the system's if shared; at most
 * {@link UNKNOWN_BYTES} if unknown.
 */
export function memoryFor(candidate: ProviderCandidate, devices: readonly GpuDevice[], systemBytes: number): number {
  if (candidate.provider === 'cpu') return systemBytes;
  const device = deviceFor(candidate, devices);
  if (device?.sharesMemory) return systemBytes;
  return device?.memoryBytes ?? Math.min(systemBytes, UNKNOWN_BYTES);
}
