import { SamepointError } from '@samepoint/shared-protocol';
import type { HttpProxy } from './proxy.js';

/** Error codes of Node for a path that is not writable. */
const NOT_WRITABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR']);

/** A failure that may be temporary. */
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
  const server = `${hostOf(url)}${proxySuffix(proxy)}`;
  if (status === 401 || status === 403) {
    return new SamepointError(
      'MODEL_MISSING',
      `${server} refused ${what} (${status}).`,
      hasToken
        ? "Accept the model's licence on its page with the account of HF_TOKEN, or check the token."
        : 'If the model requires an account, create a token at https://huggingface.co/settings/tokens and set HF_TOKEN.',
    );
  }
  if (status === 429 || status === 408 || status >= 500) {
    return new TransientFailure(`${server} answered ${status} for ${what}`, retryAfterMs(response));
  }
  const announcement = status === 404 ? 'does not have' : `answered ${status} for`;
  return new SamepointError(
    'MODEL_MISSING',
    `${server} ${announcement} ${what}.`,
    'Update Samepoint, or register weights that you already have with samepoint models add.',
  );
}

/** Explains a failed write. */
export function fileFailure(thrown: unknown, path: string): unknown {
  const code = codeOf(thrown);
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull();
  if (code !== undefined && NOT_WRITABLE.has(code)) {
    return new SamepointError(
      'MODEL_MISSING',
      `${path} is not writable (${code}).`,
      'Set HF_HOME to a writable folder.',
    );
  }
  // Windows does not replace files that are open
  if (code === 'EBUSY') {
    return new SamepointError(
      'MODEL_MISSING',
      `${path} cannot be replaced while a program is using it.`,
      'Stop the program that uses the model, such as a running Samepoint, and try again.',
    );
  }
  return thrown;
}

export function diskFull(): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    'The disk is full.',
    'Free some space, or set HF_HOME to a folder on a larger disk. Try again: interrupted downloads resume.',
  );
}

export function interrupted(): SamepointError {
  return new SamepointError(
    'CANCELLED',
    'The download was interrupted.',
    'Start it again; interrupted downloads resume.',
  );
}

export function damaged(what: string, reason: string): SamepointError {
  return new SamepointError('MODEL_INVALID', `${what} is not usable: ${reason}.`, 'Download the file again.');
}

/** Node's code of an error or of its cause. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return codeOf(thrown.cause);
}

/** The host of a URL, for messages. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'The server';
}

/** "through the proxy …", for messages; empty without a proxy. */
export function proxySuffix(proxy: HttpProxy | undefined): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.url.host}`;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** Error codes of Node for an unreachable host. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);

/** Error codes of a broken connection, which is worth a retry. */
const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT']);

/** Error codes of OpenSSL for a response that is not TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/** Prefixes of Node's error codes for untrusted certificates. */
const CERTIFICATE = /^(CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS_CERT)/;

/** Messages of undici for a proxy that refuses a tunnel or requires authentication. */
const PROXY_ANSWER = /Proxy response \((\d+)\)|Proxy Authentication Required \((407)\)/;

/**
 * Explains a rejected `fetch` or a broken body. Other errors are returned unchanged.
 * @param proxy the proxy used for `url`
 */
export function networkFailure(thrown: unknown, url: string, proxy?: HttpProxy): unknown {
  if (thrown instanceof SamepointError || thrown instanceof TransientFailure) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') return interrupted();
  const refusal = proxy === undefined ? undefined : proxyRefusal(thrown, url, proxy);
  if (refusal !== undefined) return refusal;
  const code = codeOf(thrown);
  if (code !== undefined && UNREACHABLE.has(code)) return unreachable(code, url, proxy);
  if (code !== undefined && CERTIFICATE.test(code)) return untrusted(code, url, proxy);
  if (code !== undefined && NOT_TLS.has(code)) return notTls(code, url, proxy);
  const isConnection =
    code === undefined ? thrown instanceof TypeError : BROKEN.has(code) || code.startsWith('UND_ERR');
  if (!isConnection) return thrown;
  return new TransientFailure(
    `the connection to ${hostOf(url)}${proxySuffix(proxy)} broke${code === undefined ? '' : ` (${code})`}`,
  );
}

function unreachable(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  if (proxy === undefined) {
    return new SamepointError(
      'MODEL_MISSING',
      `${hostOf(url)} is unreachable (${code}); no proxy was used.`,
      'Check the network and HF_ENDPOINT, set HTTPS_PROXY if your network needs a proxy, and try again.',
    );
  }
  return new SamepointError(
    'MODEL_MISSING',
    `The proxy ${proxy.url.host} for ${hostOf(url)} is unreachable (${code}).`,
    `Check the network and ${proxy.variable}, or add ${hostOf(url)} to NO_PROXY, and try again.`,
  );
}

/** Undefined if the failure is not a response of the proxy. */
function proxyRefusal(thrown: unknown, url: string, { url: proxy, variable }: HttpProxy) {
  const [, tunnel, request] = PROXY_ANSWER.exec(messagesOf(thrown)) ?? [];
  const status = Number(tunnel ?? request);
  if (Number.isNaN(status)) return undefined;
  if (status === 407) {
    return new SamepointError(
      'MODEL_MISSING',
      `The proxy ${proxy.host} requires a user and password (407).`,
      `Set ${variable} to http://user:password@${proxy.host}`,
    );
  }
  if (status >= 500) return new TransientFailure(`the proxy ${proxy.host} cannot reach ${hostOf(url)} (${status})`);
  return new SamepointError(
    'MODEL_MISSING',
    `The proxy ${proxy.host} refuses connections to ${hostOf(url)} (${status}).`,
    `Ask the proxy's administrator, or add ${hostOf(url)} to NO_PROXY if it is reachable directly.`,
  );
}

function untrusted(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `The certificate of ${hostOf(url)}${proxySuffix(proxy)} is not trusted (${code}).`,
    'If your network has its own certificate authority, set NODE_EXTRA_CA_CERTS to its PEM file.',
  );
}

function notTls(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `${hostOf(url)}${proxySuffix(proxy)} does not respond with TLS (${code}).`,
    'Check HF_ENDPOINT, HTTPS_PROXY and their http:// or https://.',
  );
}

function messagesOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.message} ${messagesOf(thrown.cause)}` : '';
}
