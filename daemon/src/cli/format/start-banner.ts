import { type Device, LIMITS, PORTS } from '@samepoint/shared-protocol';
import { formatDevice } from '../host-info.js';

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
}

/** Printed once the daemon runs: facts in a column, then the next steps. */
export function startBanner({ daemon, device, faster, port, code, pairedClients }: BannerFacts): string {
  const facts: [string, string][] = [
    ['Device', formatDevice(device)],
    ...(faster === undefined ? [] : [['Faster', faster] satisfies [string, string]]),
    ['Address', addressOf(port)],
    ['Pairing code', `${code.slice(0, 3)} ${code.slice(3)}`],
  ];
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  return [
    '',
    `  ${capitalised(daemon)}`,
    '',
    ...facts.map(([name, value]) => `  ${name.padEnd(width)}${value}`),
    '',
    ...nextSteps(port, pairedClients).map((line) => `  ${line}`),
    '',
    '',
  ].join('\n');
}

/** URL of the daemon's page. */
export function addressOf(port: number): string {
  return `http://localhost:${port}`;
}

function nextSteps(port: number, pairedClients: number): string[] {
  const minutes = Math.round(LIMITS.pairingCodeMs / 60_000);
  const pairing = `enter the pairing code. It can be used once, within ${minutes} minutes; for a new one, open the address above.`;
  const first =
    pairedClients === 0
      ? `Next: open the Samepoint plugin in Figma and ${pairing}`
      : `Next: open the Samepoint plugin in Figma. If it is not paired, ${pairing}`;
  const isKnownPort = PORTS.some((known) => known === port);
  const warning = `The Figma plugin only tries ports ${PORTS.join(' and ')}. It will not find this daemon.`;
  return [...(isKnownPort ? [first] : [warning]), 'Keep this window open. Press Ctrl+C to stop Samepoint.'];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
