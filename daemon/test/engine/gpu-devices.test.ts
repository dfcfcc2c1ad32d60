import { describe, expect, it } from 'vitest';
import {
  appleDevice,
  deviceFor,
  type GpuDevice,
  memoryFor,
  parseNvidiaSmi,
  parseWindowsAdapters,
  pciGpus,
} from '../../src/engine/providers/gpu-devices.js';

const GIB = 2 ** 30;

describe('the output of nvidia-smi', () => {
  it('has one device per line, with sizes in MiB', () => {
    expect(
      parseNvidiaSmi('NVIDIA GeForce RTX 4090, 550.54.14, 24564, 23028\nNVIDIA T400 4GB, 550.54.14, 4096, 3900\n'),
    ).toEqual([
      {
        vendor: 'nvidia',
        name: 'NVIDIA GeForce RTX 4090',
        driver: '550.54.14',
        memoryBytes: 24564 * 2 ** 20,
        freeBytes: 23028 * 2 ** 20,
        sharesMemory: false,
      },
      expect.objectContaining({ name: 'NVIDIA T400 4GB', memoryBytes: 4 * GIB }),
    ]);
  });

  it('may lack sizes, and has no device if the driver does not respond', () => {
    expect(parseNvidiaSmi('NVIDIA GB10, 580.95.05, [N/A], [N/A]\n')).toEqual([
      expect.objectContaining({ name: 'NVIDIA GB10', memoryBytes: undefined }),
    ]);
    expect(parseNvidiaSmi("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual(
      [],
    );
    expect(parseNvidiaSmi('')).toEqual([]);
  });
});

describe("the output of Windows' adapter query", () => {
  const intel = {
    name: 'Intel(R) UHD Graphics 620',
    driver: '31.0.101.2130',
    pnp: 'PCI\\VEN_8086&DEV_5917',
    memory: '1073741824',
  };
  const nvidia = {
    name: 'NVIDIA GeForce RTX 3060',
    driver: '32.0.15.6094',
    pnp: 'PCI\\VEN_10DE&DEV_2503',
    memory: '12884901888',
  };

  it('is one object or a list; integrated graphics share system memory', () => {
    expect(parseWindowsAdapters(JSON.stringify(nvidia))).toEqual([
      { vendor: 'nvidia', name: nvidia.name, driver: nvidia.driver, memoryBytes: 12 * GIB, sharesMemory: false },
    ]);
    expect(parseWindowsAdapters(JSON.stringify([intel, nvidia]))).toEqual([
      { vendor: 'intel', name: intel.name, driver: intel.driver, memoryBytes: undefined, sharesMemory: true },
      expect.objectContaining({ vendor: 'nvidia' }),
    ]);
  });

  it('excludes software and remote adapters, and includes Intel cards with their own memory', () => {
    const basic = { name: 'Microsoft Remote Display Adapter', driver: null, pnp: 'SWD\\REMOTEDISPLAYENUM', memory: '' };
    const arc = { ...intel, name: 'Intel(R) Arc(TM) A770 Graphics', memory: '17179869184' };
    expect(parseWindowsAdapters(JSON.stringify([basic, arc]))).toEqual([
      expect.objectContaining({ vendor: 'intel', memoryBytes: 16 * GIB, sharesMemory: false }),
    ]);
  });

  it.each(['', 'Get-CimInstance : Access denied', '{"name":1}'])('has no device if it is %j', (text) => {
    expect(parseWindowsAdapters(text)).toEqual([]);
  });
});

describe('the PCI bus on Linux', () => {
  const bridge = { class: '0x060000\n', vendor: '0x8086\n', device: '0x1237\n', vramTotal: undefined };

  it('lists graphics devices by class, with the memory of AMD cards', () => {
    const amd = { class: '0x030000\n', vendor: '0x1002\n', device: '0x744c\n', vramTotal: '25753026560\n' };
    const nvidia = { class: '0x030200\n', vendor: '0x10de\n', device: '0x2335\n', vramTotal: undefined };
    expect(pciGpus([bridge, amd, nvidia])).toEqual([
      { vendor: 'amd', name: 'AMD 0x744c', driver: undefined, memoryBytes: 25753026560, sharesMemory: false },
      { vendor: 'nvidia', name: 'NVIDIA 0x2335', driver: undefined, memoryBytes: undefined, sharesMemory: false },
    ]);
  });

  it('has integrated graphics, which share system memory', () => {
    const intel = { class: '0x030000\n', vendor: '0x8086\n', device: '0x46a6\n', vramTotal: undefined };
    const apu = { class: '0x030000\n', vendor: '0x1002\n', device: '0x1681\n', vramTotal: '536870912\n' };
    expect(pciGpus([intel, apu]).map(({ sharesMemory, memoryBytes }) => [sharesMemory, memoryBytes])).toEqual([
      [true, undefined],
      [true, undefined],
    ]);
  });

  it('excludes the display of a virtual machine', () => {
    expect(pciGpus([{ class: '0x030000\n', vendor: '0x1234\n', device: '0x1111\n', vramTotal: undefined }])).toEqual(
      [],
    );
  });
});

describe('the memory for networks', () => {
  const card = (name: string, gib: number | undefined, vendor: GpuDevice['vendor'] = 'nvidia'): GpuDevice => ({
    vendor,
    name,
    driver: '1',
    memoryBytes: gib === undefined ? undefined : gib * GIB,
    sharesMemory: false,
  });
  const large = card('large', 24);
  const small = card('small', 8);
  const shared: GpuDevice = { vendor: 'intel', name: 'UHD', driver: '1', memoryBytes: undefined, sharesMemory: true };
  const SYSTEM = 64 * GIB;

  it.each([
    ["the system's, on the CPU", { provider: 'cpu' }, [large], 64],
    ["that of CUDA's first device", { provider: 'cuda' }, [small, large], 8],
    ['that of the chosen device', { provider: 'cuda', deviceId: 1 }, [shared, small, large], 24],
    ['that of the only adapter, with DirectML', { provider: 'dml', deviceId: 0 }, [large], 24],
    ['4 GB if it is ambiguous which adapter DirectML uses', { provider: 'dml', deviceId: 1 }, [shared, large], 4],
    ["the card's, with WebGPU beside a processor's graphics", { provider: 'webgpu' }, [shared, large], 24],
    ["the system's if graphics share it", { provider: 'webgpu' }, [shared], 64],
    ["the system's on a Mac", { provider: 'coreml' }, [appleDevice('Apple M3')], 64],
    ['4 GB if the system does not report it', { provider: 'webgpu' }, [card('unknown', undefined)], 4],
    ['4 GB without any device', { provider: 'webgpu' }, [], 4],
  ] as const)('is %s', (_what, candidate, devices, gib) => {
    expect(memoryFor(candidate, devices, SYSTEM)).toBe(gib * GIB);
  });

  it('is at most system memory if unknown', () => {
    expect(memoryFor({ provider: 'webgpu' }, [], 2 * GIB)).toBe(2 * GIB);
  });

  it('is that of a device found by name, if the name is unique', () => {
    expect(deviceFor({ provider: 'webgpu' }, [large, small])).toBeUndefined();
    expect(deviceFor({ provider: 'cuda', deviceId: 1 }, [large, small])?.name).toBe('small');
  });
});
