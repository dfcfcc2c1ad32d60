import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  CUDA_LIBRARIES,
  type CudaFacts,
  missingCudaLibraries,
  ORT_CUDA_LIBRARY,
} from '../../src/cli/doctor/check-cuda.js';
import { checkDevices } from '../../src/cli/doctor/check-devices.js';
import { checkCache, inspectCache } from '../../src/cli/doctor/check-disk.js';
import { checkInference } from '../../src/cli/doctor/check-inference.js';
import {
  checkEmbedded,
  checkModel,
  inspectEmbedded,
  inspectModels,
  storeUnreadable,
} from '../../src/cli/doctor/check-models.js';
import { checkPlatform } from '../../src/cli/doctor/check-platform.js';
import { checkPorts, inspectPorts } from '../../src/cli/doctor/check-ports.js';
import { checkProvider, type ProviderFacts } from '../../src/cli/doctor/check-providers.js';
import { checkState, inspectState } from '../../src/cli/doctor/check-state.js';
import { doctorTable } from '../../src/cli/doctor/doctor-table.js';
import { type Finding, worksWith } from '../../src/cli/doctor/finding.js';
import { cachedLibraries } from '../../src/cli/doctor/inspect-cuda.js';
import { fasterProvider } from '../../src/cli/faster-provider.js';
import type { GpuDevice } from '../../src/engine/gpu-devices.js';
import { PROVIDERS } from '../../src/graph/runtime.js';
import { addModel } from '../../src/models/add-model.js';
import { EMBEDDED_UI_MODEL } from '../../src/models/embedded.js';
import { ModelRoom, modelWith, UNET, unetFile } from '../models/model-room.js';
import { runCli } from '../support/run-cli.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();

describe('the platform', () => {
  const facts = { platform: 'linux', arch: 'x64', nodeVersion: '20.19.0' };
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
    ['darwin', 'arm64'],
  ])('%s %s will do', (platform, arch) => {
    expect(worksWith(checkPlatform({ ...facts, platform, arch }))).toBe(true);
  });

  it('macOS on Intel has no binary, and a Mac with Apple silicon may have the wrong Node', () => {
    const [system] = checkPlatform({ ...facts, platform: 'darwin', arch: 'x64' });
    expect(system).toMatchObject({ state: 'failed', says: expect.stringContaining('no binary for macOS x64') });
    expect(system?.fix?.sentence).toContain('arm64 build of Node');
  });

  it('an unknown platform is named', () => {
    const [system] = checkPlatform({ ...facts, platform: 'freebsd', arch: 'x64' });
    expect(system).toMatchObject({ state: 'failed', says: expect.stringContaining('freebsd x64') });
  });

  it.each([
    ['20.18.3', 'failed'],
    ['18.20.0', 'failed'],
    ['20.19.0', 'ok'],
    ['24.1.0', 'ok'],
  ])('Node %s: %s', (nodeVersion, state) => {
    expect(checkPlatform({ ...facts, nodeVersion })[1]).toMatchObject({ check: 'node', state });
  });
});

describe('the small run', () => {
  it('is good within rounding', () => {
    expect(checkInference({ ok: true, relativeError: 2e-6 })).toMatchObject({ state: 'ok' });
  });

  it.each([
    { ok: true as const, relativeError: 0.01 },
    { ok: true as const, relativeError: Number.POSITIVE_INFINITY },
  ])('fails with other features: $relativeError', (facts) => {
    expect(checkInference(facts)).toMatchObject({ state: 'failed', fix: { command: expect.any(String) } });
  });

  it('fails with the reason when the network does not run', () => {
    const { state, says } = checkInference({ ok: false, reason: 'incompatible architecture' });
    expect([state, says]).toEqual(['failed', expect.stringContaining('incompatible architecture')]);
  });
});

describe('a provider', () => {
  const facts: ProviderFacts = {
    provider: 'webgpu',
    platform: 'linux',
    arch: 'x64',
    probe: undefined,
    cuda: undefined,
    hasGpu: true,
  };
  const works = { works: true, precision: 'float16', relativeError: 1e-3, share: 1, atWorkingSize: true } as const;
  const gpu = (parts: Partial<ProviderFacts>, why = 'there is no graphics driver for it') =>
    checkProvider({ ...facts, probe: { provider: 'webgpu', works: false, why, lasts: false }, ...parts });
  const CUDA: CudaFacts = {
    platform: 'linux',
    arch: 'x64',
    hasCard: true,
    hasDriver: true,
    installScript: 'ort/script/install.js',
    missing: [],
  };
  const cuda = (parts: Partial<CudaFacts>) =>
    checkProvider({
      ...facts,
      provider: 'cuda',
      probe: { provider: 'cuda', works: false, why: 'its libraries are not installed', lasts: false },
      cuda: { ...CUDA, ...parts },
    });

  it('works, and how fast', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, speed: 14 } });
    expect(finding).toMatchObject({ check: 'provider webgpu', state: 'ok', says: expect.stringContaining('14 times') });
    expect(finding.says).toContain('relative error 1.0e-3 in float16');
  });

  it('is named with its device where that is not the first, and says when it was tried before', () => {
    const probe = { provider: 'dml', deviceId: 1, ...works, speed: 14 } as const;
    const finding = checkProvider({ ...facts, provider: 'dml', probe, lastTrial: Date.UTC(2026, 10, 25) });
    expect(finding).toMatchObject({
      check: 'provider dml 1',
      says: expect.stringMatching(/tried before on 2026-11-25$/),
    });
    expect(checkProvider({ ...facts, provider: 'dml', probe: { ...probe, deviceId: 0 } }).check).toBe('provider dml');
  });

  it('in software is of no use, and no fault', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, speed: 0.01 } });
    expect(finding).toMatchObject({ state: 'none', says: expect.stringMatching(/slower.*software/) });
  });

  it('that leaves most of the work to the CPU is not used', () => {
    const finding = checkProvider({ ...facts, probe: { provider: 'webgpu', ...works, share: 0.2, speed: 14 } });
    expect(finding).toMatchObject({ state: 'none', says: expect.stringContaining('80 % of the work to the CPU') });
  });

  it('that the platform has not is no fault', () => {
    expect(checkProvider({ ...facts, provider: 'dml' })).toMatchObject({ state: 'none', says: 'not for linux x64' });
    expect(gpu({ arch: 'arm64' }, 'ONNX Runtime has none for linux arm64').state).toBe('none');
  });

  it('without a driver comes with the command that installs one, if there is a card', () => {
    expect(gpu({})).toMatchObject({
      state: 'warning',
      fix: { command: expect.stringContaining('mesa-vulkan-drivers') },
    });
    expect(gpu({ hasGpu: false })).toMatchObject({ state: 'none', says: expect.stringContaining('no graphics card') });
    expect(gpu({ platform: 'win32' })).toMatchObject({ state: 'warning', fix: { sentence: expect.any(String) } });
  });

  it('whose driver ends the process is a reason to update it', () => {
    const finding = gpu({ platform: 'darwin', arch: 'arm64' }, 'the process that tried it ended unexpectedly');
    expect(finding).toMatchObject({
      state: 'warning',
      fix: { sentence: expect.stringContaining('Update the driver') },
    });
  });

  it.each([
    [
      'the libraries of ONNX Runtime',
      { missing: [ORT_CUDA_LIBRARY] },
      `missing ${ORT_CUDA_LIBRARY}`,
      'node ort/script/install.js --onnxruntime-node-install=cuda12',
    ],
    ['cuDNN', { missing: ['libcudnn.so.9'] }, 'missing libcudnn.so.9', 'sudo apt-get install libcudnn9-cuda-12'],
    [
      'everything',
      { missing: [ORT_CUDA_LIBRARY, 'libcudart.so.12', 'libcublas.so.12', 'libcudnn.so.9'] },
      `missing ${ORT_CUDA_LIBRARY}, libcudart.so.12, libcublas.so.12, libcudnn.so.9`,
      'sudo apt-get install cuda-libraries-12-9 libcudnn9-cuda-12 && node ort/script/install.js --onnxruntime-node-install=cuda12',
    ],
    ['a driver', { hasDriver: false, missing: [ORT_CUDA_LIBRARY] }, 'no driver', 'sudo ubuntu-drivers install'],
  ] as const)('CUDA names what it lacks, and the command that gets it: %s', (_what, parts, says, command) => {
    const finding = cuda(parts);
    expect(finding).toMatchObject({ state: 'warning', says: expect.stringContaining(says), fix: { command } });
  });

  it('CUDA that lacks nothing and does not work says why', () => {
    expect(cuda({})).toMatchObject({
      state: 'warning',
      says: 'its libraries are not installed',
      fix: { sentence: expect.stringContaining('Update the driver') },
    });
  });

  it.each([
    ['win32', 'x64', 'onnxruntime-node has no CUDA for Windows; DirectML uses the card'],
    ['linux', 'arm64', 'onnxruntime-node has no CUDA for linux arm64'],
  ])('CUDA is not to be had on %s %s', (platform, arch, says) => {
    const there = { ...CUDA, platform, arch };
    const finding = checkProvider({ ...facts, platform, arch, provider: 'cuda', probe: undefined, cuda: there });
    expect(finding).toMatchObject({ check: 'provider cuda', state: 'none', says });
    const command = platform === 'win32' ? 'npx samepoint start --provider dml' : undefined;
    expect(finding.fix?.command).toBe(command);
  });

  it('CUDA is no matter where there is no card of NVIDIA', () => {
    expect(cuda({ hasCard: false, missing: [ORT_CUDA_LIBRARY] })).toMatchObject({ state: 'none' });
    const nowhere = { ...facts, provider: 'cuda', probe: undefined, cuda: { ...CUDA, hasCard: false } } as const;
    expect(checkProvider(nowhere).says).toBe('not for linux x64');
  });

  it('CUDA finds libraries in the cache of the loader and in LD_LIBRARY_PATH', () => {
    const ldconfig = [
      "1234 libs found in cache `/etc/ld.so.cache'",
      '\tlibcublas.so.12 (libc6,x86-64) => /usr/local/cuda/lib64/libcublas.so.12',
      '\tlibcudart.so.11.0 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcudart.so.11.0',
    ].join('\n');
    const rest = Object.keys(CUDA_LIBRARIES).filter((name) => !['libcublas.so.12', 'libcudart.so.12'].includes(name));
    expect(missingCudaLibraries({ hasOrtLibrary: true, ldconfig, libraryPathFiles: rest })).toEqual([
      'libcudart.so.12',
    ]);
    expect(missingCudaLibraries({ hasOrtLibrary: false, ldconfig: '', libraryPathFiles: [] })).toEqual([
      ORT_CUDA_LIBRARY,
      ...Object.keys(CUDA_LIBRARIES),
    ]);
  });

  it.skipIf(!existsSync('/sbin/ldconfig'))('are looked up although users may not have ldconfig in their PATH', () => {
    vi.stubEnv('PATH', '/nonexistent');
    expect(cachedLibraries()).toContain('libc.so.6');
    vi.unstubAllEnvs();
  });

  it('the CPU has to work', () => {
    const why = 'ONNX Runtime cannot be loaded on darwin x64';
    const probe = { provider: 'cpu', works: false, why, lasts: false } as const;
    expect(checkProvider({ ...facts, provider: 'cpu', probe })).toMatchObject({ state: 'failed', says: probe.why });
  });
});

describe('graphics devices', () => {
  const card = (vendor: GpuDevice['vendor'], name: string): GpuDevice => ({
    vendor,
    name,
    driver: '550.54',
    memoryBytes: 24e9,
    sharesMemory: false,
  });
  const shared: GpuDevice = {
    vendor: 'intel',
    name: 'UHD',
    driver: undefined,
    memoryBytes: undefined,
    sharesMemory: true,
  };

  it('are listed with driver and memory', () => {
    expect(checkDevices([{ ...card('nvidia', 'RTX'), freeBytes: 20e9 }], 'linux')).toEqual([
      { check: 'device 0', state: 'ok', says: 'RTX, driver 550.54, 24.0 GB, 20.0 GB free' },
    ]);
    expect(checkDevices([shared], 'linux')).toMatchObject([{ says: 'UHD, shares the memory of the system' }]);
    expect(checkDevices([{ ...card('nvidia', 'RTX'), memoryBytes: undefined }], 'linux')).toMatchObject([
      { says: expect.stringContaining('not known') },
    ]);
    expect(checkDevices([], 'linux')).toMatchObject([{ state: 'none', says: 'no graphics card was found' }]);
  });

  it('have the numbers of --device where these are known', () => {
    const two = [shared, card('nvidia', 'a'), card('nvidia', 'b')];
    expect(checkDevices(two, 'linux').map(({ check }) => check)).toEqual(['device', 'device 0', 'device 1']);
    expect(checkDevices(two, 'win32').map(({ check }) => check)).toEqual(['device', 'device', 'device']);
    expect(checkDevices([shared], 'win32').map(({ check }) => check)).toEqual(['device 0']);
  });
});

describe('a faster provider', () => {
  const cuda: CudaFacts = {
    platform: 'linux',
    arch: 'x64',
    hasCard: true,
    hasDriver: true,
    installScript: 'install.js',
    missing: ['libcudnn.so.9'],
  };
  const intel: GpuDevice = {
    vendor: 'intel',
    name: 'UHD',
    driver: undefined,
    memoryBytes: undefined,
    sharesMemory: true,
  };
  const facts = { chosen: 'cpu', cuda, devices: [intel], hasVulkanDriver: true };
  const none = { ...cuda, hasCard: false };

  it.each([
    ['CUDA, with a card of NVIDIA', facts, 'CUDA would use the graphics card: sudo apt-get install libcudnn9-cuda-12'],
    ['CUDA, where WebGPU was taken', { ...facts, chosen: 'webgpu' }, 'CUDA would use'],
    ['nothing, where CUDA was taken', { ...facts, chosen: 'cuda' }, undefined],
    ['nothing, where CUDA lacks nothing', { ...facts, cuda: { ...cuda, missing: [] } }, undefined],
    ['nothing of CUDA, without a card for it', { ...facts, cuda: none }, undefined],
    ['nothing of CUDA on Windows', { ...facts, cuda: { ...cuda, platform: 'win32' } }, undefined],
    [
      'WebGPU, where no driver of Vulkan is there',
      { ...facts, cuda: none, hasVulkanDriver: false },
      'WebGPU would use',
    ],
    ['nothing, without a graphics card', { ...facts, cuda: none, devices: [], hasVulkanDriver: false }, undefined],
  ])('is told in one line: %s', (_what, given, line) => {
    const told = fasterProvider(given);
    if (line === undefined) expect(told).toBeUndefined();
    else expect(told).toMatch(line);
    expect(told ?? '').not.toContain('\n');
  });
});

describe('models', () => {
  let room: ModelRoom;
  beforeAll(async () => {
    room = await ModelRoom.open();
  });
  afterAll(() => room.close());

  it('the embedded one is there', () => {
    expect(checkEmbedded(inspectEmbedded())).toMatchObject({ check: 'model ui', state: 'ok' });
  });

  it('without the embedded one nothing works', () => {
    const finding = checkEmbedded(inspectEmbedded(folder.path('nowhere')));
    expect(finding).toMatchObject({ state: 'failed', fix: { command: expect.any(String) } });
  });

  it('without its matcher of elements it is broken', () => {
    const model = folder.path('half');
    cpSync(EMBEDDED_UI_MODEL, model, { recursive: true, filter: (path) => !path.endsWith('elements.safetensors') });
    const finding = checkEmbedded(inspectEmbedded(model));
    expect(finding).toMatchObject({ state: 'failed', says: expect.stringContaining('elements.safetensors') });
  });

  it('one that is missing is no fault', async () => {
    const [facts] = await inspectModels(room.environment());
    expect(facts).toEqual({ id: 'tiny', state: 'missing', damaged: [] });
    expect(checkModel({ id: 'tiny', state: 'missing', damaged: [] }).state).toBe('none');
  });

  it('one that is there in part comes with the command that gets the rest', () => {
    const finding = checkModel({ id: 'tiny', state: 'partial', damaged: [] });
    expect(finding).toMatchObject({ state: 'none', fix: { command: 'npx samepoint models pull tiny' } });
  });

  it('one whose header is damaged is named with the file, and with the commands that mend it', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const path = join(room.folder, 'mine.safetensors');
    writeFileSync(path, UNET);
    await addModel('tiny', path, environment);
    expect((await inspectModels(environment)).map(checkModel)).toMatchObject([{ state: 'ok' }]);
    writeFileSync(path, 'not weights at all');
    const [finding] = (await inspectModels(environment)).map(checkModel);
    expect(finding).toMatchObject({ state: 'warning', says: expect.stringContaining(path) });
    expect(finding?.fix).toEqual({
      sentence:
        "Get the file again; it may have been cut off or damaged. This forgets that it was registered and gets the model's own file instead:",
      command: 'npx samepoint models pull tiny',
    });
  });

  it('a list of models that cannot be read is a fault', async () => {
    const environment = room.environment();
    mkdirSync(join(room.folder, 'state'), { recursive: true });
    writeFileSync(environment.at.stateFile, '{');
    const failure = await inspectModels(environment).catch(SamepointError.from);
    expect(failure).toBeInstanceOf(SamepointError);
    const finding = storeUnreadable(SamepointError.from(failure));
    expect(finding).toMatchObject({ state: 'failed', fix: { sentence: 'Delete that file.' } });
  });
});

describe('the disk', () => {
  const facts = { name: 'models', folder: '/cache', bytes: 2e9 };

  it('counts what lies there, and creates nothing', async () => {
    mkdirSync(folder.path('cache/a'), { recursive: true });
    writeFileSync(folder.path('cache/a/one'), Buffer.alloc(300));
    writeFileSync(folder.path('cache/two'), Buffer.alloc(40));
    expect((await inspectCache('models', folder.path('cache'))).bytes).toBe(340);
    const absent = await inspectCache('models', folder.path('not/there/yet'));
    expect(absent).toMatchObject({ bytes: 0, freeBytes: expect.any(Number) });
    expect(inspectState(folder.path('not/there/yet')).refusal).toBeUndefined();
  });

  it('too little of it is worth a warning, with the variable that moves the models', () => {
    expect(checkCache({ ...facts, freeBytes: 1e12 }).state).toBe('ok');
    const finding = checkCache({ ...facts, freeBytes: 1e8 });
    expect(finding).toMatchObject({ state: 'warning', fix: { sentence: expect.stringContaining('HF_HOME') } });
  });

  it('how much of it is free need not be known', () => {
    expect(checkCache({ ...facts, freeBytes: undefined }).state).toBe('none');
  });
});

describe('the folder of the state', () => {
  it('can be written', () => {
    expect(checkState(inspectState(folder.path('.'))).state).toBe('ok');
  });

  it('is a fault where it cannot be, with the variable that moves it', () => {
    writeFileSync(folder.path('file'), '');
    const finding = checkState(inspectState(folder.path('file')));
    expect(finding).toMatchObject({
      state: 'failed',
      fix: { sentence: expect.stringContaining('SAMEPOINT_STATE_DIR') },
    });
  });

  it.skipIf(!existsSync('/proc/self'))('is a fault where it cannot even be made', () => {
    expect(inspectState('/proc/nonexistent/samepoint').refusal).toBeDefined();
  });
});

describe('the ports', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A port that another program holds, which says nothing. */
  async function taken(): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('one that another program holds is none of ours', async () => {
    expect(await inspectPorts([await taken()])).toMatchObject([{ by: 'other', code: 'EADDRINUSE' }]);
  });

  const other = { by: 'other', code: 'EADDRINUSE' } as const;
  it('one is enough', () => {
    const findings = checkPorts([
      { port: 1, ...other },
      { port: 2, by: 'nobody' },
    ]);
    expect(findings.map(({ state }) => state)).toEqual(['none', 'ok']);
  });

  it('a daemon that answers is named', () => {
    const [finding] = checkPorts([{ port: 1, by: 'samepoint', daemon: 'samepoint 0.1.0' }]);
    expect(finding).toMatchObject({ state: 'ok', says: 'samepoint 0.1.0 answers here' });
  });

  it.each([
    ['linux', 'ss -ltnp sport = :1'],
    ['darwin', 'lsof -nP -iTCP:1 -sTCP:LISTEN'],
    ['win32', 'netstat -ano | findstr :1'],
  ] as const)('none is a fault, with the command that shows who holds them on %s', (platform, command) => {
    const findings = checkPorts([{ port: 1, ...other }], platform);
    expect(findings).toMatchObject([{ state: 'failed', fix: { command } }]);
  });
});

describe('the table', () => {
  const long: Finding = {
    check: 'provider webgpu',
    state: 'warning',
    says: 'word '.repeat(60).trim(),
    fix: { sentence: 'do this '.repeat(30).trim(), command: `npm run ${'x'.repeat(120)}` },
  };

  it('fits a hundred columns, but for a command, which stays whole', () => {
    const lines = doctorTable([long, { check: 'node', state: 'ok', says: '20' }]).split('\n');
    const isCommand = (line: string) => line.trim() === long.fix?.command;
    expect(lines.filter(isCommand)).toHaveLength(1);
    expect(lines.filter((line) => !isCommand(line)).every(({ length }) => length <= 100)).toBe(true);
  });
});

describe('samepoint doctor', () => {
  afterAll(() => vi.unstubAllEnvs());

  it('says that this computer works, and leaves no folder behind', async () => {
    vi.stubEnv('HF_HOME', folder.path('hub'));
    vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('state'));
    const { code, stdout, stderr } = await runCli('doctor', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const report: { version: string; works: boolean; findings: Finding[] } = JSON.parse(stdout);
    expect(report).toEqual({ version: expect.any(String), works: true, findings: expect.any(Array) });
    const inference = report.findings.find(({ check }) => check === 'inference');
    expect(inference).toMatchObject({ state: 'ok' });
    const providers = report.findings.filter(({ check }) => check.startsWith('provider '));
    expect(providers.map(({ check }) => check.slice('provider '.length))).toEqual([...PROVIDERS]);
    expect(providers.at(-1)).toMatchObject({ check: 'provider cpu', state: 'ok' });
    expect(['state', 'hub'].filter((name) => existsSync(folder.path(name)))).toEqual([]);
  });

  it('exits with 1 when it does not', async () => {
    writeFileSync(folder.path('no-folder'), '');
    vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('no-folder'));
    const { code, stdout } = await runCli('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED +state /m);
    expect(stdout).toContain('does not work');
  });
});
