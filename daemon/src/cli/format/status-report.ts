import type { AutostartStatus } from '../autostart/autostart.js';
import { formatDevice } from '../host-info.js';
import type { FoundDaemon } from '../service/daemons.js';
import { addressOf } from './start-banner.js';
import { factsTable } from './text-table.js';

const LONGEST = 'Pairing code';

/** What `samepoint status` knows. */
export interface StatusFacts {
  daemons: readonly FoundDaemon[];
  /** A daemon on a port of the plugin that was started with another state folder. */
  foreign?: { port: number; daemon: string } | undefined;
  /** The plugin in the state folder. */
  plugin?: { manifest: string; version: string } | undefined;
  autostart: AutostartStatus;
  /** `samepoint` or `npx samepoint`. */
  command: string;
}

/** What `samepoint status` prints. */
export function statusReport({ daemons, foreign, plugin, autostart, command }: StatusFacts): string {
  const isRunning = daemons.length > 0 || foreign !== undefined;
  const common = factsTable(
    [
      ['Plugin', plugin === undefined ? 'not installed' : `${plugin.manifest} (version ${plugin.version})`],
      ['At login', autostartSentence(autostart, command)],
    ],
    LONGEST,
  );
  return [
    ...daemons.map(daemonReport),
    ...(foreign === undefined ? [] : [foreignReport(foreign)]),
    ...(isRunning ? [] : [`Samepoint is not running. To start it: ${command} start --background\n`]),
    common,
  ].join('\n');
}

function daemonReport(daemon: FoundDaemon): string {
  const { run } = daemon;
  if (daemon.state === 'silent') {
    return `Samepoint ${run.version} does not answer at ${addressOf(run.port)} (process ${run.pid}).\n`;
  }
  if (daemon.status === undefined) {
    return `Samepoint ${run.version} is running at ${addressOf(run.port)} (process ${run.pid}).\n`;
  }
  const { device, clients, jobs, startedAt, pairing } = daemon.status;
  const code = pairing.live?.code;
  const facts = factsTable(
    [
      ['Address', addressOf(run.port)],
      ['Device', formatDevice(device)],
      ['Clients', `${clients.paired} paired, ${clients.connected} connected`],
      ['Jobs', `${jobs.running} running, ${jobs.queued} queued`],
      [LONGEST, code === undefined ? undefined : `${code.slice(0, 3)} ${code.slice(3)}`],
      ['Since', `${new Date(startedAt).toLocaleString('sv-SE')} (process ${run.pid})`],
      ['Log', run.log],
    ],
    LONGEST,
  );
  return `Samepoint ${run.version} is running.\n\n${facts}`;
}

function foreignReport({ port, daemon }: { port: number; daemon: string }): string {
  return `A daemon with another state folder is running at ${addressOf(port)} (${daemon}).\n`;
}

/** One line about the start at login. */
export function autostartSentence({ state, file, isTransient }: AutostartStatus, command: string): string {
  if (state === 'off' && isTransient) return 'off (to turn it on, install Samepoint: npm install --global samepoint)';
  if (state === 'off') return `off (to turn it on: ${command} autostart on)`;
  if (state === 'on') return `on (${file})`;
  if (state === 'unsupported') return 'not supported on this system';
  if (state === 'written') return `the file is written, the command that enables it may not have been run (${file})`;
  return `written by another installation or with other settings (${file}; to update it: ${command} autostart on)`;
}

/** What `samepoint status --json` prints. */
export function statusJson({ daemons, foreign, plugin, autostart }: StatusFacts): object {
  return {
    running: daemons.length > 0 || foreign !== undefined,
    daemons: daemons.map((daemon) => ({
      port: daemon.run.port,
      address: addressOf(daemon.run.port),
      version: daemon.run.version,
      pid: daemon.run.pid,
      startedAt: daemon.run.startedAt,
      ...(daemon.run.log === undefined ? {} : { log: daemon.run.log }),
      answers: daemon.state === 'running',
      ...(daemon.state === 'running' && daemon.status !== undefined
        ? { device: daemon.status.device, clients: daemon.status.clients, jobs: daemon.status.jobs }
        : {}),
    })),
    foreign: foreign ?? null,
    plugin: plugin ?? null,
    autostart,
  };
}
