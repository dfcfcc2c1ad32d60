import { SamepointError } from '@samepoint/shared-protocol';
import { codeOf, hostOf, interrupted, TransientFailure, through } from './failures.js';
import type { HttpProxy } from './proxy.js';

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
    `the connection to ${hostOf(url)}${through(proxy)} broke${code === undefined ? '' : ` (${code})`}`,
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
    `The certificate of ${hostOf(url)}${through(proxy)} is not trusted (${code}).`,
    'If your network has a certificate of its own, set NODE_EXTRA_CA_CERTS to its PEM file.',
  );
}

function notTls(code: string, url: string, proxy: HttpProxy | undefined): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `${hostOf(url)}${through(proxy)} does not answer with TLS (${code}).`,
    'Check HF_ENDPOINT, HTTPS_PROXY and their http:// or https://.',
  );
}

function messagesOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.message} ${messagesOf(thrown.cause)}` : '';
}
