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
  const server = `${hostOf(url)}${proxySuffix(proxy)}`;
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
  const announcement = status === 404 ? 'does not have' : `answered ${status} for`;
  return new SamepointError(
    'MODEL_MISSING',
    `${server} ${announcement} ${what}.`,
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
export function proxySuffix(proxy: HttpProxy | undefined): string {
  return proxy === undefined ? '' : ` through the proxy ${proxy.url.host}`;
}

function retryAfterMs(response: Response): number | undefined {
  const seconds = Number(response.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
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

/** Error codes of OpenSSL for an answer that is not TLS. */
const NOT_TLS: ReadonlySet<string> = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/** How Node's codes for certificates begin that it does not trust. */
const CERTIFICATE = /^(CERT_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|ERR_TLS_CERT)/;

/** Messages of undici for a proxy that answers a request for a tunnel with another status than 200, or with 407. */
const PROXY_ANSWER = /Proxy response \((\d+)\)|Proxy Authentication Required \((407)\)/;

/**
 * What a rejected `fetch` or a broken body means. Anything that is not about the network comes back as it was.
 * @param proxy the one that was asked to reach `url`
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
      `This computer cannot reach ${hostOf(url)} (${code}); no proxy was used.`,
      'Check the network and HF_ENDPOINT, set HTTPS_PROXY if your network needs a proxy, and try again.',
    );
  }
  return new SamepointError(
    'MODEL_MISSING',
    `This computer cannot reach the proxy ${proxy.url.host} (${code}), which should reach ${hostOf(url)}.`,
    `Check the network and ${proxy.variable}, or name ${hostOf(url)} in NO_PROXY, and try again.`,
  );
}

/** Undefined where the failure is not an answer of the proxy. */
function proxyRefusal(thrown: unknown, url: string, { url: proxy, variable }: HttpProxy) {
  const [, tunnel, request] = PROXY_ANSWER.exec(messagesOf(thrown)) ?? [];
  const status = Number(tunnel ?? request);
  if (Number.isNaN(status)) return undefined;
  if (status === 407) {
    return new SamepointError(
      'MODEL_MISSING',
      `The proxy ${proxy.host} asks for a user and a password (407).`,
      `Put them into ${variable}: http://user:password@${proxy.host}`,
    );
  }
  if (status >= 500) return new TransientFailure(`the proxy ${proxy.host} cannot reach ${hostOf(url)} (${status})`);
  return new SamepointError(
    'MODEL_MISSING',
    `The proxy ${proxy.host} does not let this computer reach ${hostOf(url)} (${status}).`,
    `Ask who runs the proxy, or name ${hostOf(url)} in NO_PROXY if it can be reached without.`,
  );
}

function untrusted(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `The certificate of ${hostOf(url)}${proxySuffix(proxy)} is not trusted (${code}).`,
    'If your network has a certificate of its own, set NODE_EXTRA_CA_CERTS to its PEM file.',
  );
}

function notTls(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `${hostOf(url)}${proxySuffix(proxy)} does not answer with TLS (${code}).`,
    'Check HF_ENDPOINT, HTTPS_PROXY and their http:// or https://.',
  );
}

function messagesOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.message} ${messagesOf(thrown.cause)}` : '';
}
