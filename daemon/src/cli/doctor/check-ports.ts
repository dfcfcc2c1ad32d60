import { createServer } from 'node:net';
import { PORTS, sessionResponseSchema } from '@samepoint/shared-protocol';
import type { Finding } from './findings.js';

/** Use of a port: free, a Samepoint daemon, or another program. */
export type PortUse = { port: number } & (
  | { by: 'none' }
  | { by: 'samepoint'; daemon: string }
  | { by: 'other'; code: string }
);

export function inspectPorts(ports: readonly number[] = PORTS): Promise<PortUse[]> {
  return Promise.all(ports.map(inspectPort));
}

async function inspectPort(port: number): Promise<PortUse> {
  const running = await findRunning([port], DOCTOR_TIMEOUT_MS);
  if (running !== undefined) return { port, by: 'samepoint', daemon: running.daemon };
  const code = await tryToListen(port);
  return code === undefined ? { port, by: 'none' } : { port, by: 'other', code };
}

/** Error code of listening; undefined when the port is free. */
function tryToListen(port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** The daemon needs one of the ports that the plugin tries. */
export function checkPorts(uses: readonly PortUse[], platform: NodeJS.Platform = process.platform): Finding[] {
  const isServed = uses.some(({ by }) => by !== 'other');
  return uses.map((use): Finding => {
    const check = `port ${use.port}`;
    if (use.by === 'none') return { check, state: 'ok', message: 'free' };
    if (use.by === 'samepoint') return { check, state: 'ok', message: `in use by ${use.daemon}` };
    const message = `in use by another program (${use.code})`;
    if (isServed) return { check, state: 'none', message: `${message}; Samepoint uses the other port` };
    return {
      check,
      state: 'failed',
      message,
      fix: {
        sentence: 'Stop the program that uses the port. To find it:',
        command: findListener(use.port, platform),
      },
    };
  });
}

function findListener(port: number, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `netstat -ano | findstr :${port}`;
  return platform === 'darwin' ? `lsof -nP -iTCP:${port} -sTCP:LISTEN` : `ss -ltnp sport = :${port}`;
}

/** A daemon answers at once, but the computer may be busy. */
const PROBE_TIMEOUT_MS = 5_000;
const DOCTOR_TIMEOUT_MS = 1_500;

/** A running daemon. */
export interface RunningDaemon {
  port: number;
  /** Name and version. */
  daemon: string;
}

/** The first port with a Samepoint daemon. Other programs are ignored. */
export async function findRunning(
  ports: readonly number[],
  timeoutMs = PROBE_TIMEOUT_MS,
): Promise<RunningDaemon | undefined> {
  for (const port of ports) {
    const daemon = port === 0 ? undefined : await daemonAt(port, timeoutMs);
    if (daemon !== undefined) return { port, daemon };
  }
  return undefined;
}

async function daemonAt(port: number, timeoutMs: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/session`, {
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const session = sessionResponseSchema.safeParse(await response.json());
    return session.success ? session.data.daemon : undefined;
  } catch {
    return undefined;
  }
}
