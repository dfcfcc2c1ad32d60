import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkCache, checkState, inspectCache, inspectState } from '../../../src/cli/doctor/check-disk.js';
import { checkInference } from '../../../src/cli/doctor/check-inference.js';
import {
  checkEmbedded,
  checkModel,
  checkModelStore,
  inspectEmbedded,
  inspectModels,
} from '../../../src/cli/doctor/check-models.js';
import { checkPorts, inspectPorts } from '../../../src/cli/doctor/check-ports.js';
import { checkPlatform } from '../../../src/cli/doctor/check-system.js';
import { doctorTable, type Finding, worksWith } from '../../../src/cli/doctor/findings.js';
import { PROVIDERS } from '../../../src/graph/runtime/runtime.js';
import { addModel } from '../../../src/models/add-model.js';
import { EMBEDDED_MODEL_FOLDER } from '../../../src/models/catalogue.js';
import { ModelRoom, modelWith, UNET, unetFile } from '../../models/model-room.js';
import { runCli } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const folder = useTempFolder();

describe('the platform', () => {
  const facts = { platform: 'linux', arch: 'x64', nodeVersion: '20.19.0' };
  it.each([
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
    ['darwin', 'arm64'],
  ])('%s %s is supported', (platform, arch) => {
    expect(worksWith(checkPlatform({ ...facts, platform, arch }))).toBe(true);
  });

  it('macOS on x64 fails, with a hint for Apple silicon', () => {
    const [system] = checkPlatform({ ...facts, platform: 'darwin', arch: 'x64' });
    expect(system).toMatchObject({ state: 'failed', message: expect.stringContaining('no binary for macOS x64') });
    expect(system?.fix?.sentence).toContain('arm64 build of Node');
  });

  it('an unknown platform is named', () => {
    const [system] = checkPlatform({ ...facts, platform: 'freebsd', arch: 'x64' });
    expect(system).toMatchObject({ state: 'failed', message: expect.stringContaining('freebsd x64') });
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

describe('the test run', () => {
  it('passes within rounding errors', () => {
    expect(checkInference({ ok: true, relativeError: 2e-6 })).toMatchObject({ state: 'ok' });
  });

  it.each([
    { ok: true as const, relativeError: 0.01 },
    { ok: true as const, relativeError: Number.POSITIVE_INFINITY },
  ])('fails with wrong features: $relativeError', (facts) => {
    expect(checkInference(facts)).toMatchObject({ state: 'failed', fix: { command: expect.any(String) } });
  });

  it('fails with the reason when the network does not run', () => {
    const { state, message } = checkInference({ ok: false, reason: 'incompatible architecture' });
    expect([state, message]).toEqual(['failed', expect.stringContaining('incompatible architecture')]);
  });
});

describe('models', () => {
  let room: ModelRoom;
  beforeAll(async () => {
    room = await ModelRoom.open();
  });
  afterAll(() => room.close());

  it('the embedded model is ok', () => {
    expect(checkEmbedded(inspectEmbedded())).toMatchObject({ check: 'model ui', state: 'ok' });
  });

  it('a missing embedded model fails', () => {
    const finding = checkEmbedded(inspectEmbedded(folder.path('nowhere')));
    expect(finding).toMatchObject({ state: 'failed', fix: { command: expect.any(String) } });
  });

  it('an embedded model without its element matcher fails', () => {
    const model = folder.path('half');
    cpSync(EMBEDDED_MODEL_FOLDER, model, { recursive: true, filter: (path) => !path.endsWith('elements.safetensors') });
    const finding = checkEmbedded(inspectEmbedded(model));
    expect(finding).toMatchObject({ state: 'failed', message: expect.stringContaining('elements.safetensors') });
  });

  it('a missing model is not a failure', async () => {
    const [facts] = await inspectModels(room.environment());
    expect(facts).toEqual({ id: 'tiny', state: 'missing', damaged: [] });
    expect(checkModel({ id: 'tiny', state: 'missing', damaged: [] }).state).toBe('none');
  });

  it('a partly downloaded model has a command for the rest', () => {
    const finding = checkModel({ id: 'tiny', state: 'partial', damaged: [] });
    expect(finding).toMatchObject({ state: 'none', fix: { command: 'npx samepoint models pull tiny' } });
  });

  it('a damaged header names the file and the command that repairs it', async () => {
    const environment = room.environment({ catalogue: [modelWith([unetFile()])] });
    const path = join(room.folder, 'mine.safetensors');
    writeFileSync(path, UNET);
    await addModel('tiny', path, environment);
    expect((await inspectModels(environment)).map(checkModel)).toMatchObject([{ state: 'ok' }]);
    writeFileSync(path, 'not weights at all');
    const [finding] = (await inspectModels(environment)).map(checkModel);
    expect(finding).toMatchObject({ state: 'warning', message: expect.stringContaining(path) });
    expect(finding?.fix).toEqual({
      sentence:
        'Download the file again; it may be incomplete or damaged. To unregister the file and download the official one instead:',
      command: 'npx samepoint models pull tiny',
    });
  });

  it('an unreadable list of models fails', async () => {
    const environment = room.environment();
    mkdirSync(join(room.folder, 'state'), { recursive: true });
    writeFileSync(environment.at.stateFile, '{');
    const failure = await inspectModels(environment).catch(SamepointError.from);
    expect(failure).toBeInstanceOf(SamepointError);
    const finding = checkModelStore(SamepointError.from(failure));
    expect(finding).toMatchObject({ state: 'failed', fix: { sentence: 'Delete that file.' } });
  });
});

describe('the disk', () => {
  const facts = { name: 'models', folder: '/cache', bytes: 2e9 };

  it('measures a folder without creating it', async () => {
    mkdirSync(folder.path('cache/a'), { recursive: true });
    writeFileSync(folder.path('cache/a/one'), Buffer.alloc(300));
    writeFileSync(folder.path('cache/two'), Buffer.alloc(40));
    expect((await inspectCache('models', folder.path('cache'))).bytes).toBe(340);
    const absent = await inspectCache('models', folder.path('not/there/yet'));
    expect(absent).toMatchObject({ bytes: 0, freeBytes: expect.any(Number) });
    expect(inspectState(folder.path('not/there/yet')).refusal).toBeUndefined();
  });

  it('too little space is a warning that names HF_HOME', () => {
    expect(checkCache({ ...facts, freeBytes: 1e12 }).state).toBe('ok');
    const finding = checkCache({ ...facts, freeBytes: 1e8 });
    expect(finding).toMatchObject({ state: 'warning', fix: { sentence: expect.stringContaining('HF_HOME') } });
  });

  it('unknown free space is not a failure', () => {
    expect(checkCache({ ...facts, freeBytes: undefined }).state).toBe('none');
  });
});

describe('the state folder', () => {
  it('is ok if it is writable', () => {
    expect(checkState(inspectState(folder.path('.'))).state).toBe('ok');
  });

  it('fails if it is not writable, and names SAMEPOINT_STATE_DIR', () => {
    writeFileSync(folder.path('file'), '');
    const finding = checkState(inspectState(folder.path('file')));
    expect(finding).toMatchObject({
      state: 'failed',
      fix: { sentence: expect.stringContaining('SAMEPOINT_STATE_DIR') },
    });
  });

  it.skipIf(!existsSync('/proc/self'))('fails if it cannot be created', () => {
    expect(inspectState('/proc/nonexistent/samepoint').refusal).toBeDefined();
  });
});

describe('the ports', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A port of another program, which does not respond. */
  async function taken(): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  it('a port of another program is recognised', async () => {
    expect(await inspectPorts([await taken()])).toMatchObject([{ by: 'other', code: 'EADDRINUSE' }]);
  });

  const other = { by: 'other', code: 'EADDRINUSE' } as const;
  it('one free port is enough', () => {
    const findings = checkPorts([
      { port: 1, ...other },
      { port: 2, by: 'none' },
    ]);
    expect(findings.map(({ state }) => state)).toEqual(['none', 'ok']);
  });

  it('a running daemon is named', () => {
    const [finding] = checkPorts([{ port: 1, by: 'samepoint', daemon: 'samepoint 0.1.0' }]);
    expect(finding).toMatchObject({ state: 'ok', message: 'in use by samepoint 0.1.0' });
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
    message: 'word '.repeat(60).trim(),
    fix: { sentence: 'do this '.repeat(30).trim(), command: `npm run ${'x'.repeat(120)}` },
  };

  it('wraps at 100 columns, except commands', () => {
    const lines = doctorTable([long, { check: 'node', state: 'ok', message: '20' }]).split('\n');
    const isCommand = (line: string) => line.trim() === long.fix?.command;
    expect(lines.filter(isCommand)).toHaveLength(1);
    expect(lines.filter((line) => !isCommand(line)).every(({ length }) => length <= 100)).toBe(true);
  });
});

describe('samepoint doctor', () => {
  afterAll(() => vi.unstubAllEnvs());

  it('reports that this computer works, and leaves no folder behind', async () => {
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

  it('exits with 1 when this computer does not work', async () => {
    writeFileSync(folder.path('no-folder'), '');
    vi.stubEnv('SAMEPOINT_STATE_DIR', folder.path('no-folder'));
    const { code, stdout } = await runCli('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^FAILED +state /m);
    expect(stdout).toContain('does not work');
  });
});
