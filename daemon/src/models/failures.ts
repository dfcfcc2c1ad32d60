import { SamepointError } from '@samepoint/shared-protocol';

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

/** Error codes of Node for a network that is not there, as opposed to one that stumbles. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Error codes of a connection that broke and may work again. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

/** The error for an HTTP status that is not a success. `what` names the file, `origin` the server. */
export function httpFailure(response: Response, what: string, hasToken: boolean): SamepointError | TransientFailure {
  const { status, url } = response;
  if (status === 401 || status === 403) {
    return new SamepointError(
      'MODEL_MISSING',
      `${hostOf(url)} refused ${what} (${status}).`,
      hasToken
        ? "Accept the model's licence on its page with the account that HF_TOKEN belongs to, or check the token."
        : 'If the model asks for an account, create a token at https://huggingface.co/settings/tokens and set HF_TOKEN.',
    );
  }
  if (status === 429 || status === 408 || status >= 500) {
    return new TransientFailure(`${hostOf(url)} answered ${status} for ${what}`, retryAfterMs(response));
  }
  const said = status === 404 ? 'does not have' : `answered ${status} for`;
  return new SamepointError(
    'MODEL_MISSING',
    `${hostOf(url)} ${said} ${what}.`,
    'A newer Samepoint may know where it went; weights you already have can be registered with samepoint models add.',
  );
}

/** What a rejected `fetch` or a broken body means. Anything that is not about the network comes back as it was. */
export function networkFailure(thrown: unknown, url: string): unknown {
  if (thrown instanceof SamepointError || thrown instanceof TransientFailure) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return interrupted();
  const code = codeOf(thrown);
  if (code !== undefined && UNREACHABLE.has(code)) {
    return new SamepointError(
      'MODEL_MISSING',
      `This computer cannot reach ${hostOf(url)} (${code}).`,
      'Check the network, a proxy, or HF_ENDPOINT, and try again.',
    );
  }
  const isConnection =
    code === undefined ? thrown instanceof TypeError : BROKEN.has(code) || code.startsWith('UND_ERR');
  if (!isConnection) return thrown;
  return new TransientFailure(`the connection to ${hostOf(url)} broke${code === undefined ? '' : ` (${code})`}`);
}

/** What a failed write means. */
export function fileFailure(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull();
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
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

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}
