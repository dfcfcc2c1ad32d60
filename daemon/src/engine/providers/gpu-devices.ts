import * as z from 'zod';
import type { ProviderCandidate } from './provider-probe.js';

export type GpuVendor = 'nvidia' | 'amd' | 'intel' | 'apple' | 'other';

/** A graphics device, as the system tells of it. */
export interface GpuDevice {
  vendor: GpuVendor;
  name: string;
  /** Version of its driver, where the system tells one. */
  driver: string | undefined;
  /** Memory of its own in bytes; undefined where it is not known, or where it shares that of the system. */
  memoryBytes: number | undefined;
  freeBytes?: number;
  /** Whether it computes in the memory of the system. */
  sharesMemory: boolean;
}

const MEBIBYTE = 2 ** 20;

/** What `nvidia-smi` is asked for, in the order of {@link parseNvidiaSmi}. */
export const NVIDIA_QUERY = [
  '--query-gpu=name,driver_version,memory.total,memory.free',
  '--format=csv,noheader,nounits',
];

/** Devices of NVIDIA in the order in which CUDA counts them: a line each, sizes in MiB, "[N/A]" where there is none. */
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

/**
 * Asks Windows for the display adapters, and the registry for their memory: `AdapterRAM` of `Win32_VideoController` ends at
 * 4 GB.
 */
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

/** What {@link WINDOWS_QUERY} prints: one object, or an array where there are several. Adapters in software are left out. */
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
/** PCI numbers of vendors. */
const VENDORS: Readonly<Record<string, GpuVendor>> = { '10de': 'nvidia', '1002': 'amd', '8086': 'intel' };

function vendorOf(pci: string): GpuVendor {
  return VENDORS[pci.toLowerCase().replace(/^0x/, '')] ?? 'other';
}

/** What Linux has in `/sys/bus/pci/devices/*` of one device; undefined for files that are not there. */
export interface PciDevice {
  class: string | undefined;
  vendor: string | undefined;
  device: string | undefined;
  /** `mem_info_vram_total`, which only the driver of AMD has. */
  vramTotal: string | undefined;
}

/** The PCI class of displays, the first byte of three. */
const DISPLAY_CLASS = '0x03';
/** A card that has less memory of its own is part of the processor: its BIOS sets some of the system's memory aside. */
const LEAST_OWN_BYTES = 2 ** 31;

/** The graphics devices among those of Linux. Their drivers have no version there. */
export function pciGpus(devices: readonly PciDevice[]): GpuDevice[] {
  return devices
    .filter((pci) => pci.class?.startsWith(DISPLAY_CLASS))
    .map(({ vendor = '', device = '', vramTotal }) => {
      const brand = vendorOf(vendor.trim());
      const bytes = Number(vramTotal?.trim() || Number.NaN);
      const sharesMemory = brand === 'intel' || bytes < LEAST_OWN_BYTES;
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

/** The one device of a Mac with Apple silicon; its driver comes with the system. */
export function appleDevice(processor: string): GpuDevice {
  return { vendor: 'apple', name: processor, driver: undefined, memoryBytes: undefined, sharesMemory: true };
}

/** Taken for a device of which the memory is not known: what cards of the last ten years have at least. */
const UNKNOWN_BYTES = 4 * 2 ** 30;

/** The device that a provider runs on; undefined where several could be meant, or none is known. */
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
      // Windows does not list adapters in the order in which DirectML counts them
      return only(devices);
    case 'webgpu':
    case 'coreml':
      // ONNX Runtime asks WebGPU for the one of high performance
      return only(devices) ?? only(devices.filter(({ sharesMemory }) => !sharesMemory));
  }
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

/**
 * Bytes of memory that networks have on a provider's device: its own, the system's where it shares that, and where neither
 * is known {@link UNKNOWN_BYTES} at most.
 */
export function memoryFor(candidate: ProviderCandidate, devices: readonly GpuDevice[], systemBytes: number): number {
  if (candidate.provider === 'cpu') return systemBytes;
  const device = deviceFor(candidate, devices);
  if (device?.sharesMemory) return systemBytes;
  return device?.memoryBytes ?? Math.min(systemBytes, UNKNOWN_BYTES);
}
