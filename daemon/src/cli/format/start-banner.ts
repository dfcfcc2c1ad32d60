import { type Device, LIMITS, PORTS } from '@samepoint/shared-protocol';

export interface BannerFacts {
  /** Name and version. */
  daemon: string;
  device: Device;
  /** A faster provider that could be had. */
  faster?: string | undefined;
  port: number;
  /** Six digits. */
  code: string;
  pairedClients: number;
}

/** What a person reads once the daemon serves: facts in a column, then what to do next. */
export function startBanner({ daemon, device, faster, port, code, pairedClients }: BannerFacts): string {
  const facts: [string, string][] = [
    ['Device', `${device.description} (${device.reason})`],
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

/** Where the daemon's page is. */
export function addressOf(port: number): string {
  return `http://localhost:${port}`;
}

function nextSteps(port: number, pairedClients: number): string[] {
  const minutes = Math.round(LIMITS.pairingCodeMs / 60_000);
  const pairing = `type the pairing code when it asks. The code works once, for ${minutes} minutes; the page at the address has new ones.`;
  const first =
    pairedClients === 0
      ? `Next: open the Samepoint plugin in Figma and ${pairing}`
      : `Next: open the Samepoint plugin in Figma. If it is not paired yet, ${pairing}`;
  const isKnownPort = PORTS.some((known) => known === port);
  const warning = `The Figma plugin looks on ports ${PORTS.join(' and ')} only; it will not find this one.`;
  return [...(isKnownPort ? [first] : [warning]), 'Leave this window open. Ctrl+C stops Samepoint.'];
}

function capitalised(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
