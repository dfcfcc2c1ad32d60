import { SamepointError } from '@samepoint/shared-protocol';
import type { HttpProxy } from './proxy.js';

/** Error codes of Node for a place where nothing can be written. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

/** A failure that may pass by itself. */
export class TransientFailure extends Error {
  override readonly name = 'TransientFailure';

  constructor(
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** The error for an HTTP status that is not a success. `what` names the file, `origin` the server. */
export function httpFailure(
  response: Response,
  what: string,
  hasToken: boolean,
  proxy: HttpProxy | undefined,
): SamepointError | TransientFailure {
  const { status, url } = response;
  const server = `${hostOf(url)}${through(proxy)}`;
  if (status === 401 || status === 403) {
    return new SamepointError(
      'MODEL_MISSING',
      `${server} refused ${what} (${status}).`,
      hasToken
        ? "Accept the model's licence on its page with the account that HF_TOKEN belongs to, or check the token."
        : 'If the model asks for an account, create a token at https://huggingface.co/settings/tokens and set HF_TOKEN.',
    );
  }
  if (status === 429 || status === 408 || status >= 500) {
    return new TransientFailure(`${server} answered ${status} for ${what}`, retryAfterMs(response));
  }
  const said = status === 404 ? 'does not have' : `answered ${status} for`;
  return new SamepointError(
    'MODEL_MISSING',
    `${server} ${said} ${what}.`,
    'A newer Samepoint may know where it went; weights you already have can be registered with samepoint models add.',
  );
}

/** What a failed write means. */
export function fileFailure(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull();
  if (code !== undefined && NOT_WRITABLE.has(code)) {
    return new SamepointError(
      'MODEL_MISSING',
      `${path} cannot be written (${code}).`,
      'Set HF_HOME to a folder that you may write to.',
    );
  }
  // Windows keeps files whole that a program has open
  if (code === 'EBUSY') {
    return new SamepointError(
      'MODEL_MISSING',
      `${path} cannot be replaced while a program uses it.`,
      'End what uses the model, for example a running Samepoint, and try again.',
    );
  }
  return thrown;
}

export function diskFull(): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    'The disk is full.',
    'Free some space, or set HF_HOME to a folder on a larger disk, and try again; it goes on where it stopped.',
  );
}

export function interrupted(): SamepointError {
  return new SamepointError(
    'CANCELLED',
    'The download was interrupted.',
    'Start it again; it goes on where it stopped.',
  );
}

export function damaged(what: string, reason: string): SamepointError {
  return new SamepointError('MODEL_INVALID', `${what} is not usable: ${reason}.`, 'Get the file again.');
}

/** Node's code for a failure, which may be the cause of the one that was thrown. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}

/** For messages: the server of an address. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}

/** For messages: what stood between this computer and a server. */
export function through(proxy: HttpProxy | undefined): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.url.host}`;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
