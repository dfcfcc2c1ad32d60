import { SamepointError } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { networkFailure } from '../../src/models/download/failures.js';
import { proxyFor, proxySettings } from '../../src/models/download/proxy.js';
import { pullModel } from '../../src/models/download/pull-model.js';
import { modelEnvironment } from '../../src/models/model-environment.js';
import { TestProxy } from '../support/test-proxy.js';
import { ModelRoom } from './model-room.js';

const HUB = 'http://hub.invalid';

describe('the proxy for an address', () => {
  const hostFor = (address: string, env: NodeJS.ProcessEnv) => proxyFor(address, proxySettings(env))?.url.host;

  it.each<[string, NodeJS.ProcessEnv, string | undefined]>([
    [HUB, {}, undefined],
    [HUB, { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    [HUB, { http_proxy: 'http://p:1' }, 'p:1'],
    [HUB, { http_proxy: 'http://p:1', HTTP_PROXY: 'http://other:2' }, 'p:1'],
    [HUB, { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['https://hub.invalid', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://other:2' }, 'p:1'],
    ['https://hub.invalid', { https_proxy: 'http://p:1' }, 'p:1'],
    ['https://hub.invalid', { HTTP_PROXY: 'http://p:1' }, 'p:1'],
    [HUB, { HTTP_PROXY: 'p:3128' }, 'p:3128'],
    [HUB, { HTTP_PROXY: '' }, undefined],
  ])('%s with %j is %s', (address, env, expected) => {
    expect(hostFor(address, env)).toBe(expected);
  });

  it.each([
    ['http://hub.invalid', 'hub.invalid', false],
    ['http://cdn.hub.invalid', 'hub.invalid', false],
    ['http://cdn.hub.invalid', '.hub.invalid', false],
    ['http://cdn.hub.invalid', '*.hub.invalid', false],
    ['http://HUB.invalid', 'Hub.Invalid', false],
    ['http://hub.invalid', 'a.example, hub.invalid', false],
    ['http://hub.invalid', '*', false],
    ['http://hub.invalid:8080', 'hub.invalid:8080', false],
    ['https://hub.invalid', 'hub.invalid:443', false],
    ['http://hub.invalid', 'hub.invalid:8080', true],
    ['http://otherhub.invalid', 'hub.invalid', true],
    ['http://hub.invalid', 'cdn.hub.invalid', true],
  ])('%s with NO_PROXY=%s is used: %s', (address, noProxy, isProxied) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      expect(hostFor(address, { HTTP_PROXY: 'http://p:1', [name]: noProxy }) !== undefined, name).toBe(isProxied);
    }
  });

  it.each([
    'http://localhost:8080',
    'http://hub.localhost',
    'http://127.0.0.1',
    'https://127.1.2.3',
    'http://[::1]:80',
  ])('is never used for %s, which is this computer', (address) => {
    expect(hostFor(address, { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1' })).toBeUndefined();
  });

  it.each(['socks5://p:1', 'http://user:secret@', '::'])('"%s" is rejected without quoting it', (value) => {
    const settings = proxySettings({ HTTPS_PROXY: value });
    expect(() => proxyFor('https://hub.invalid', settings)).toThrow(
      expect.objectContaining({
        code: 'BAD_REQUEST',
        message: 'HTTPS_PROXY is not the address of an HTTP proxy.',
        hint: expect.stringContaining('http://proxy.example.com:3128'),
      }),
    );
  });
});

describe('a pull through a proxy', () => {
  let room: ModelRoom;
  let proxy: TestProxy;
  beforeEach(async () => {
    room = await ModelRoom.open();
    proxy = await TestProxy.start(room.hub.url);
  });
  afterEach(async () => {
    await proxy.stop();
    await room.close();
  });

  const pull = (env: NodeJS.ProcessEnv) => pullModel('tiny', {}, room.environment({ env }));

  async function failureOf(env: NodeJS.ProcessEnv): Promise<SamepointError> {
    const thrown = await pull(env).catch((error: unknown) => error);
    if (thrown instanceof SamepointError) return thrown;
    throw new TypeError(`expected a SamepointError, got ${String(thrown)}`);
  }

  it.each(['HTTP_PROXY', 'http_proxy'])(
    '%s is used for every file, but not for servers on this computer',
    async (name) => {
      const { fetched } = await pull({ HF_ENDPOINT: HUB, [name]: `http://${proxy.host}` });
      expect(fetched).toEqual(['unet/config.json', 'unet/model.safetensors']);
      expect(proxy.requests.every((line) => line.includes(` ${HUB}/`))).toBe(true);
      expect(room.hub.requests.some(({ server }) => server === 'cdn')).toBe(true);
    },
  );

  it('follows the variables of the process', async () => {
    const { fetch } = modelEnvironment({ HTTP_PROXY: proxy.host });
    expect((await fetch(`${HUB}/nothing`, {})).status).toBe(404);
    expect(proxy.requests).toEqual([`GET ${HUB}/nothing`]);
  });

  it('bypasses it for a server on this computer', async () => {
    await pull({ HTTP_PROXY: `http://${proxy.host}` });
    expect(proxy.requests).toEqual([]);
  });

  it('opens a tunnel to a TLS server, and retries when that fails', async () => {
    const failure = await failureOf({ HF_ENDPOINT: 'https://hub.invalid', HTTPS_PROXY: `http://${proxy.host}` });
    expect(new Set(proxy.requests)).toEqual(new Set(['CONNECT hub.invalid:443']));
    expect(failure.message).toContain(`the proxy ${proxy.host} cannot reach hub.invalid (502)`);
    expect(room.waits).toHaveLength(5);
  });

  it.each([
    [407, 'https', 'requires a user and password (407)', 'http://user:password@'],
    [407, 'http', 'requires a user and password (407)', 'http://user:password@'],
    [403, 'https', 'refuses connections to hub.invalid (403)', 'NO_PROXY'],
  ])('reports the answer of a proxy: %i for %s', async (status, scheme, message, hint) => {
    proxy.status = status;
    const failure = await failureOf({ HF_ENDPOINT: `${scheme}://hub.invalid`, HTTP_PROXY: proxy.host });
    expect(failure).toMatchObject({ code: 'MODEL_MISSING', hint: expect.stringContaining(hint) });
    expect(failure.message).toBe(`The proxy ${proxy.host} ${message}.`);
    expect(room.waits).toEqual([]);
  });

  it('names a proxy in front of a server that fails', async () => {
    proxy.status = 502;
    const { message } = await failureOf({ HF_ENDPOINT: HUB, HTTP_PROXY: proxy.host });
    expect(message).toContain(`hub.invalid through the proxy ${proxy.host} answered 502`);
  });

  it.each(['http', 'https'])('names an unreachable proxy (%s)', async (scheme) => {
    const { host } = proxy;
    const other = await TestProxy.start(room.hub.url);
    const gone = other.host;
    await other.stop();
    expect(gone).not.toBe(host);
    const failure = await failureOf({ HF_ENDPOINT: `${scheme}://hub.invalid`, HTTP_PROXY: gone });
    expect(failure.message).toBe(`The proxy ${gone} for hub.invalid is unreachable (ECONNREFUSED).`);
    expect(failure.hint).toContain('HTTP_PROXY');
  });

  it('rejects a variable without a proxy address', async () => {
    expect(await failureOf({ HF_ENDPOINT: HUB, HTTP_PROXY: 'socks5://p:1' })).toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('a failure of the network', () => {
  const failureWith = (code: string, proxy?: Parameters<typeof networkFailure>[2]) =>
    networkFailure(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) }), HUB, proxy);

  it('mentions that no proxy was used', () => {
    expect(failureWith('ENOTFOUND')).toMatchObject({
      message: 'hub.invalid is unreachable (ENOTFOUND); no proxy was used.',
      hint: expect.stringContaining('HTTPS_PROXY'),
    });
  });

  it.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'is not trusted', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not respond with TLS', 'HF_ENDPOINT'],
  ])('%s names the proxy and the variable to set', (code, message, hint) => {
    const failure = failureWith(code, { url: new URL('http://p:1'), variable: 'HTTPS_PROXY' });
    expect(failure).toMatchObject({
      message: expect.stringMatching(new RegExp(`hub.invalid through the proxy p:1 ${message}`)),
      hint: expect.stringContaining(hint),
    });
  });
});
