import { sessionResponseSchema } from '@samepoint/shared-protocol';

const PROBE_TIMEOUT_MS = 1_500;

/** A daemon that runs already. */
export interface RunningDaemon {
  port: number;
  /** Its name and version. */
  daemon: string;
}

/** The first of the ports on which a Samepoint daemon answers; other programs do not count. */
export async function findRunning(ports: readonly number[]): Promise<RunningDaemon | undefined> {
  for (const port of ports) {
    const daemon = port === 0 ? undefined : await daemonAt(port);
    if (daemon !== undefined) return { port, daemon };
  }
  return undefined;
}

async function daemonAt(port: number): Promise<string | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/v1/session`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    const session = sessionResponseSchema.safeParse(await response.json());
    return session.success ? session.data.daemon : undefined;
  } catch {
    return undefined;
  }
}
