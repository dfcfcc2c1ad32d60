import type { Server } from 'node:http';
import { SamepointError } from '@samepoint/shared-protocol';

const IPV4 = '127.0.0.1';
const IPV6 = '::1';
/** Tries for an ephemeral port: one that is free on IPv4 may be in use on IPv6. */
const EPHEMERAL_TRIES = 8;
/** Error codes of a machine without IPv6. */
const NO_IPV6 = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EINVAL']);

/** Servers listening on the loopback addresses of one port. */
export interface LoopbackListeners {
  port: number;
  servers: Server[];
}

/**
 * Listens on 127.0.0.1 and, if the machine has IPv6, on ::1, on the first of `ports` that is free on both.
 * @param create makes a server; called once per address
 * @throws SamepointError `INTERNAL` if no port is free
 */
export async function listenOnLoopback(create: () => Server, ports: readonly number[]): Promise<LoopbackListeners> {
  const tries = ports.flatMap((port) => (port === 0 ? Array<number>(EPHEMERAL_TRIES).fill(0) : [port]));
  for (const port of tries) {
    const listeners = await tryPort(create, port);
    if (listeners !== undefined) return listeners;
  }
  throw portsTaken(ports);
}

async function tryPort(create: () => Server, wanted: number): Promise<LoopbackListeners | undefined> {
  const first = create();
  const failure = await listen(first, wanted, IPV4);
  if (failure === 'EADDRINUSE') return undefined;
  if (failure !== undefined) throw cannotListen(wanted, failure);
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : wanted;
  const second = create();
  const secondFailure = await listen(second, port, IPV6);
  if (secondFailure === undefined) return { port, servers: [first, second] };
  if (NO_IPV6.has(secondFailure)) return { port, servers: [first] };
  await new Promise((resolve) => first.close(resolve));
  if (secondFailure === 'EADDRINUSE') return undefined;
  throw cannotListen(port, secondFailure);
}

/** The code of the error, or undefined when the server listens. */
function listen(server: Server, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => resolve(error.code ?? error.message);
    server.once('error', onError);
    server.listen({ port, host, exclusive: true, ipv6Only: host === IPV6 }, () => {
      server.off('error', onError);
      resolve(undefined);
    });
  });
}

function portsTaken(ports: readonly number[]): SamepointError {
  const plural = ports.length > 1;
  return new SamepointError(
    'INTERNAL',
    `${plural ? 'Ports' : 'Port'} ${ports.join(' and ')} ${plural ? 'are' : 'is'} in use by another program.`,
    'Stop that program, or choose another port with --port.',
  );
}

function cannotListen(port: number, code: string): SamepointError {
  return new SamepointError(
    'INTERNAL',
    `The operating system refused to let Samepoint listen on port ${port} (${code}).`,
    'Choose another port with --port.',
  );
}
