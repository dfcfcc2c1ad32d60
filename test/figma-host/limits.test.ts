import sharp from 'sharp';
import { afterEach, describe, expect, test } from 'vitest';
import type { FigmaHost } from './figma-host.js';
import { addImage, imageSize } from './images.js';
import { runPluginScript } from './script-session.js';
import type { DocumentSpec } from './spec.js';

const open: FigmaHost[] = [];
afterEach(() => {
  for (const host of open.splice(0)) host.dispose();
});

const DOCUMENT: DocumentSpec = { name: 'Limits', children: [{ key: 'box', type: 'RECTANGLE', name: 'Box' }] };

async function run(script: string): Promise<unknown> {
  const setup = `const box = await node('box');
    const message = (act) => { try { act(); return 'fine'; } catch (error) { return error.message; } };`;
  const { host, answer } = await runPluginScript(`${setup}\n${script}`, ['box'], { document: DOCUMENT });
  open.push(host);
  return answer;
}

test('an entry of plugin data has at most 100 kB in UTF-8, with its namespace and key', async () => {
  const answer = await run(`const size = 100000 - 'samepoint'.length - 'key'.length;
    return [message(() => box.setSharedPluginData('samepoint', 'key', 'a'.repeat(size))),
      message(() => box.setSharedPluginData('samepoint', 'key', 'a'.repeat(size + 1))),
      message(() => box.setSharedPluginData('samepoint', 'key', 'é'.repeat(size / 2 + 1))),
      message(() => box.setSharedPluginData('ab', 'key', '1'))]`);
  const refusal = expect.stringMatching(/cannot exceed 100 kB/);
  expect(answer).toEqual(['fine', refusal, refusal, expect.stringMatching(/at least 3/)]);
});

test('client storage holds 5 MB for each plugin, with bytes as bytes', async () => {
  const answer = await run(`const storage = figma.clientStorage;
    await storage.setAsync('bytes', { picture: new Uint8Array([0, 7, 255]) });
    await storage.setAsync('large', 'a'.repeat(3000000));
    const refused = await storage.setAsync('more', new Uint8Array(2100000)).catch((error) => error.message);
    const kept = await storage.getAsync('bytes');
    await storage.deleteAsync('large');
    return [refused, [...kept.picture], await storage.keysAsync(), (await storage.getAsync('more')) ?? null]`);
  expect(answer).toEqual([expect.stringMatching(/5 MB/), [0, 7, 255], ['bytes'], null]);
});

describe('an image', () => {
  const draw = (width: number, format: 'png' | 'jpeg' | 'gif' | 'webp') =>
    sharp({ create: { width, height: 3, channels: 3, background: '#ff0000' } })
      .toFormat(format)
      .toBuffer()
      .then((bytes) => new Uint8Array(bytes));

  test('is a PNG, JPEG or GIF of at most 4096 px, known by its hash', async () => {
    const images = await Promise.all([draw(5, 'png'), draw(5, 'webp'), draw(4097, 'png')]);
    const answer = await run(
      `const [png, webp, large] = ${JSON.stringify(images.map((bytes) => [...bytes]))}.map((one) => new Uint8Array(one));
      const image = figma.createImage(png);
      const same = figma.getImageByHash(image.hash);
      return [image.hash, await same.getSizeAsync(), (await same.getBytesAsync()).length, figma.getImageByHash('none'),
        message(() => figma.createImage(webp)), message(() => figma.createImage(large))]`,
    );
    const [png = new Uint8Array()] = images;
    expect(answer).toEqual([
      ...[addImage(png), { width: 5, height: 3 }, png.length, null],
      ...['in createImage: Image type is unsupported', 'in createImage: Image is too large'],
    ]);
  });

  test.each(['png', 'jpeg', 'gif'] as const)('has its size in the header of a %s', async (format) => {
    expect(imageSize(await draw(300, format))).toEqual({ width: 300, height: 3 });
  });
});
