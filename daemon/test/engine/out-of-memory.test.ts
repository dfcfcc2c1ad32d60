import { writeFileSync } from 'node:fs';
import type { Device } from '@samepoint/shared-protocol';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngineHost, type OutOfMemoryPolicy } from '../../src/engine/engine-host.js';
import { inspectOf, type TestImage, testImage } from '../support/strips.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
let image: TestImage;
let host: ReturnType<typeof createEngineHost> | undefined;

beforeEach(async () => {
  image = await testImage(16, 16, []);
});
afterEach(() => host?.close());

/** An engine whose process has memory only for jobs on downscaled images, or for none; it counts the jobs. */
function engineWithMemoryFor(jobs: 'smaller ones' | 'none', onOutOfMemory: OutOfMemoryPolicy) {
  writeFileSync(
    folder.path('child.mjs'),
    `process.on('disconnect', () => process.exit());
    process.on('message', (message) => {
      if (message.type === 'start') return process.send({ type: 'ready', device: message.choice.device });
      if (${jobs === 'smaller ones'} && message.downscaleSteps === 1) {
        return process.send({ type: 'done', result: { kind: 'transfer', targets: [] } });
      }
      const error = { code: 'GPU_OUT_OF_MEMORY', message: String(message.downscaleSteps), hint: '', retryable: true };
      process.send({ type: 'failed', error });
    });`,
  );
  return createEngineHost({ provider: 'cpu', onOutOfMemory, entry: folder.path('child.mjs') });
}

function job() {
  return { request: inspectOf(image, image), images: new Map() };
}

describe('a job that runs out of memory', () => {
  it('is run again on smaller images, in a new process, and reported to the user', async () => {
    host = engineWithMemoryFor('smaller ones', 'smaller');
    await host.ready();
    const first = host.pid;
    const devices: Device[] = [];
    const { result } = await host.run(job(), { onDevice: (device) => devices.push(device) });
    expect(result).toEqual({ kind: 'transfer', targets: [] });
    expect(host.pid).not.toBe(first);
    expect(devices.map(({ reason }) => reason)).toEqual([expect.stringContaining('repeated on smaller images')]);
    expect(await host.ready()).toEqual(devices[0]);
  });

  it('is run again at most once', async () => {
    host = engineWithMemoryFor('none', 'smaller');
    await expect(host.run(job())).rejects.toMatchObject({ code: 'GPU_OUT_OF_MEMORY', message: '1' });
    expect(host.pid).toBeUndefined();
  });

  it('fails at once if retries are disabled, and frees the memory', async () => {
    host = engineWithMemoryFor('smaller ones', 'fail');
    await expect(host.run(job())).rejects.toMatchObject({ code: 'GPU_OUT_OF_MEMORY', message: '0' });
    expect(host.pid).toBeUndefined();
  });

  it('ends with the targets that fit, and frees the memory', async () => {
    const error = { code: 'GPU_OUT_OF_MEMORY' as const, message: 'Too little memory.', hint: '' };
    const targets = [{ targetId: 't', state: 'failed', imageId: image.imageId, error }];
    writeFileSync(
      folder.path('child.mjs'),
      `process.on('disconnect', () => process.exit());
      process.on('message', (message) => {
        if (message.type === 'start') return process.send({ type: 'ready', device: message.choice.device });
        if (message.isLastAttempt) {
          return process.send({ type: 'done', result: { kind: 'transfer', targets: ${JSON.stringify(targets)} } });
        }
        process.send({ type: 'failed', error: { ...${JSON.stringify(error)}, retryable: true } });
      });`,
    );
    for (const onOutOfMemory of ['smaller', 'fail'] as const) {
      host = createEngineHost({ provider: 'cpu', onOutOfMemory, entry: folder.path('child.mjs') });
      expect((await host.run(job())).result).toEqual({ kind: 'transfer', targets });
      expect(host.pid).toBeUndefined();
      await host.close();
    }
  });
});
