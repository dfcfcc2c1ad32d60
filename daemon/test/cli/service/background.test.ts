import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { findDaemons } from '../../../src/cli/service/daemons.js';
import { boundLog } from '../../../src/cli/service/log-file.js';
import { type RunFile, readRunFiles, removeRunFile, writeRunFile } from '../../../src/cli/service/run-file.js';
import { type CliRun, runCliWith } from '../../support/run-cli.js';
import { useTempFolder } from '../../support/temp-folder.js';

const CHILD = fileURLToPath(new URL('../../../dist/cli/service/background-child.js', import.meta.url));
const folder = useTempFolder();
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
/** Process ids are below this on every system. */
const NO_PROCESS = 2 ** 30;
/** The process of this test, as if it had the id of a daemon that has ended. */
const REUSED = { pid: process.pid };
/** For servers that answer, however busy the computer is, and for those that do not. */
const PATIENT_MS = 300_000;
const IMPATIENT_MS = 200;

const servers: TcpServer[] = [];
const sockets = new Set<Socket>();
const states = new Set<string>();

afterEach(async () => {
  for (const state of states) for (const { pid } of readRunFiles(state)) kill(pid);
  states.clear();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

function kill(pid: number): void {
  try {
    if (pid !== process.pid && pid !== NO_PROCESS) process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}

/** The command line with a state folder of its own. */
function cli(state: string, ...args: readonly string[]): Promise<CliRun> {
  const path = folder.path(state);
  states.add(path);
  const env = { SAMEPOINT_STATE_DIR: path, XDG_CONFIG_HOME: folder.path('config'), npm_command: undefined };
  return runCliWith(env, ...args);
}

async function listen(server: TcpServer): Promise<number> {
  servers.push(server.on('connection', (socket) => sockets.add(socket)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port that nothing listens on. */
async function freePort(): Promise<number> {
  const server = createTcpServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function runFile(changes: Partial<RunFile> = {}): RunFile {
  return { pid: NO_PROCESS, port: 1, version, startedAt: new Date(0).toISOString(), stopToken: 'token', ...changes };
}

async function untilEnded(pid: number): Promise<void> {
  const isAlive = () => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (isAlive()) await delay(20);
}

describe('a daemon in the background', () => {
  it('starts, is shown, is not started twice, and stops', async () => {
    const started = await cli('cycle', 'start', '--background', '--port', '0');
    expect(started).toMatchObject({ code: 0, stderr: '' });
    const [run] = readRunFiles(folder.path('cycle'));
    if (run === undefined) throw new Error('there is no run file');
    const port = String(run.port);
    expect(started.stdout).toContain(`http://localhost:${port}`);
    expect(started.stdout).toContain(folder.path('cycle/plugin/manifest.json'));
    expect(started.stdout).toContain(folder.path('cycle/daemon.log'));
    const code = /Pairing code +(\d{3}) (\d{3})\n/.exec(started.stdout) ?? [];

    const status = await cli('cycle', 'status', '--port', port, '--json');
    expect(status.code).toBe(0);
    expect(JSON.parse(status.stdout)).toMatchObject({
      running: true,
      daemons: [{ port: run.port, pid: run.pid, version, answers: true, clients: { paired: 0, connected: 0 } }],
      foreign: null,
      plugin: { manifest: folder.path('cycle/plugin/manifest.json'), version },
      autostart: { state: expect.any(String) },
    });
    const shown = await cli('cycle', 'status', '--port', port);
    expect(shown.stdout).toContain(`Samepoint ${version} is running.`);

    const second = await cli('cycle', 'start', '--background', '--port', port);
    expect(second.stdout).toContain(`already running at http://localhost:${port}`);

    const elsewhere = await cli('elsewhere', 'stop', '--port', port);
    expect(elsewhere).toMatchObject({ code: 1, stdout: '' });
    expect(elsewhere.stderr).toContain('not with the state folder');

    const stopped = await cli('cycle', 'stop');
    expect(stopped).toMatchObject({
      code: 0,
      stdout: `Stopped Samepoint at http://localhost:${port} (process ${run.pid}).\n`,
    });
    await untilEnded(run.pid);
    expect(readRunFiles(folder.path('cycle'))).toEqual([]);

    const log = readFileSync(folder.path('cycle/daemon.log'), 'utf8');
    expect(log).toContain(`listens on port ${port}`);
    for (const secret of [code.slice(1).join(' '), code.slice(1).join(''), run.stopToken])
      expect(log).not.toContain(secret);
  });

  it('reports why it does not start, with the path of the log', async () => {
    const port = await listen(createServer((_request, response) => response.end('{}')));
    const { code, stdout, stderr } = await cli('taken', 'start', '--background', '--port', String(port));
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`Port ${port} is in use by another program.`);
    expect(stderr).toContain(`The log is ${folder.path('taken/daemon.log')}.`);
    expect(readRunFiles(folder.path('taken'))).toEqual([]);
  });

  it('does not outlive a command that is interrupted before it listens', async () => {
    const state = folder.path('interrupted');
    states.add(state);
    const child = spawn(process.execPath, [CHILD, '{"port":0,"engine":{}}'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { ...process.env, SAMEPOINT_STATE_DIR: state },
    });
    child.disconnect();
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect([code, readRunFiles(state)]).toEqual([1, []]);
  });

  it.runIf(existsSync('/dev/full'))('starts with a log on a full disk', async () => {
    const state = folder.path('full');
    states.add(state);
    const log = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [CHILD, '{"port":0,"engine":{}}'], {
      stdio: ['ignore', 'ignore', log, 'ipc'],
      env: { ...process.env, SAMEPOINT_STATE_DIR: state },
    });
    closeSync(log);
    const report = await new Promise((resolve) => child.once('message', resolve).once('exit', resolve));
    expect(report).toMatchObject({ state: 'done' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill();
    expect(await ended).toBe(0);
  });

  it('is not running', async () => {
    const port = String(await freePort());
    expect(await cli('none', 'stop', '--port', port)).toEqual({
      code: 0,
      stdout: 'Samepoint is not running.\n',
      stderr: '',
    });
    const status = await cli('none', 'status', '--port', port);
    expect(status.code).toBe(3);
    expect(status.stdout).toContain('Samepoint is not running. To start it: samepoint start --background');
    expect(existsSync(folder.path('none'))).toBe(false);
  });
});

describe('a run file', () => {
  it('is readable by its user only', () => {
    writeRunFile(folder.path('mode'), runFile({ port: 7 }));
    expect(statSync(folder.path('mode/daemons/7.json')).mode & 0o777).toBe(0o600);
  });

  it('is removed by the daemon that wrote it only', () => {
    const state = folder.path('replaced');
    writeRunFile(state, runFile({ stopToken: 'newer' }));
    removeRunFile(state, runFile({ stopToken: 'older' }));
    expect(readRunFiles(state)).toHaveLength(1);
    removeRunFile(state, runFile({ stopToken: 'newer' }));
    expect(readRunFiles(state)).toEqual([]);
  });

  it('that is damaged is ignored', () => {
    mkdirSync(folder.path('damaged/daemons'), { recursive: true });
    writeFileSync(folder.path('damaged/daemons/1.json'), '{"pid":');
    expect(readRunFiles(folder.path('damaged'))).toEqual([]);
  });

  it.each([
    ['a dead process, on a free port', async () => runFile({ port: await freePort() }), PATIENT_MS],
    [
      'a process id in use again, on a free port',
      async () => runFile({ port: await freePort(), ...REUSED }),
      PATIENT_MS,
    ],
    [
      'a process id in use again, on a port of another server',
      async () => runFile({ ...REUSED, port: await listen(createServer((_, response) => response.end('hello'))) }),
      PATIENT_MS,
    ],
    [
      'a dead process, on a port that does not answer',
      async () => runFile({ port: await listen(createTcpServer()) }),
      IMPATIENT_MS,
    ],
  ] as const)('of %s is removed', async (_what, make, answerMs) => {
    const state = folder.path('stale');
    writeRunFile(state, await make());
    expect(await findDaemons(state, { answerMs })).toEqual([]);
    expect(readRunFiles(state)).toEqual([]);
  });

  it('of a process that does not answer stays, and the daemon is reported', async () => {
    const state = folder.path('silent');
    const run = runFile({ pid: process.pid, port: await listen(createTcpServer()) });
    writeRunFile(state, run);
    expect(await findDaemons(state, { answerMs: IMPATIENT_MS })).toEqual([{ run, state: 'silent' }]);
    expect(readRunFiles(state)).toEqual([run]);
  });

  it('of a daemon whose status has other fields stays, so that it can be stopped', async () => {
    const state = folder.path('other-version');
    const answer = JSON.stringify({ pid: process.pid, queue: [] });
    const run = runFile({
      pid: process.pid,
      port: await listen(createServer((_, response) => response.end(answer))),
    });
    writeRunFile(state, run);
    expect(await findDaemons(state, { answerMs: PATIENT_MS })).toEqual([{ run, state: 'running' }]);
    expect(readRunFiles(state)).toEqual([run]);
  });
});

it('moves a large log aside', () => {
  const log = folder.path('large.log');
  writeFileSync(log, 'x'.repeat(11));
  boundLog(log, 11);
  expect(existsSync(`${log}.1`)).toBe(false);
  boundLog(log, 10);
  expect([readFileSync(log, 'utf8'), readFileSync(`${log}.1`, 'utf8')]).toEqual(['', 'x'.repeat(11)]);
});

it('keeps a log of up to a megabyte', () => {
  const log = folder.path('bounded.log');
  writeFileSync(log, Buffer.alloc(1_000_001));
  boundLog(log);
  expect(statSync(log).size).toBe(0);
});
