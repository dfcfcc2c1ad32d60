import { type Device, LIMITS, PORTS } from '@samepoint/shared-protocol';
import { formatDevice } from '../host-info.js';
import { factsTable } from './text-table.js';

export interface BannerFacts {
  /** Name and version. */
  daemon: string;
  device: Device;
  /** A faster provider that could be installed. */
  faster?: string | undefined;
  port: number;
  /** Six digits. */
  code: string;
  pairedClients: number;
  /** The plugin in the state folder. */
  plugin?: { manifest: string } | undefined;
  /** A problem that does not prevent the start. */
  warning?: string | undefined;
  /** Path of the log; present if the daemon runs in the background. */
  log?: string | undefined;
  /** Whether to mention that the daemon can start at login. */
  offerAutostart?: boolean;
  /** `samepoint` or `npx samepoint`. */
  command: string;
}

/** Printed once the daemon runs: facts in a column, then the next steps. */
export function startBanner(facts: BannerFacts): string {
  const { daemon, device, faster, port, code, plugin, warning, log } = facts;
  const table = factsTable([
    ['Device', formatDevice(device)],
    ['Faster', faster],
    ['Address', addressOf(port)],
    ['Pairing code', `${code.slice(0, 3)} ${code.slice(3)}`],
    ['Plugin', plugin?.manifest],
    ['Log', log],
  ]);
  const steps = [
    ...(warning === undefined ? [] : [`Warning: ${warning}`, '']),
    ...nextSteps(facts),
    ...howToStop(facts),
  ];
  return [
    '',
    `  ${capitalised(daemon)}`,
    '',
    table,
    ...steps.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
    '',
  ].join('\n');
}

/** URL of the daemon's page. */
export function addressOf(port: number): string {
  return `http://localhost:${port}`;
}

function nextSteps({ port, pairedClients, plugin }: BannerFacts): string[] {
  if (!PORTS.some((known) => known === port)) {
    return [`The Figma plugin only tries ports ${PORTS.join(' and ')}. It will not find this daemon.`];
  }
  const minutes = Math.round(LIMITS.pairingCodeMs / 60_000);
  const pairing = `enter the pairing code. It can be used once, within ${minutes} minutes; for a new one, open the address above.`;
  if (pairedClients > 0) return [`Next: open the Samepoint plugin in Figma. If it is not paired, ${pairing}`];
  if (plugin === undefined) return [`Next: open the Samepoint plugin in Figma and ${pairing}`];
  return [
    'Next:',
    '1. In the Figma desktop app, choose Plugins → Development → Import plugin from manifest… and select the file above.',
    `2. Run Plugins → Development → Samepoint, and ${pairing}`,
    '',
  ];
}

function howToStop({ log, command, offerAutostart = false }: BannerFacts): string[] {
  if (log !== undefined) return [`Samepoint runs in the background. To stop it: ${command} stop`];
  return [
    `Keep this window open. Press Ctrl+C to stop Samepoint. To run it without a window: ${command} start --background`,
    ...(offerAutostart ? [`To start Samepoint at login: ${command} autostart on`] : []),
  ];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
