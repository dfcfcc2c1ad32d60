import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type JobProgress, jobProgressSchema, jobResultSchema } from '@samepoint/shared-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// the built host, which forks the built engine beside it
import { createEngineHost } from '../../dist/engine/engine-host.js';
import { identified, imagesOf, inspectOf, strip, type TestImage, transferOf } from '../support/strips.js';
import { useTempFolder } from '../support/temp-folder.js';

const HOST_MODULE = new URL('../../dist/engine/engine-host.js', import.meta.url).href;

const folder = useTempFolder();
const engine = createEngineHost({ provider: 'cpu' });
let source: TestImage;
let target: TestImage;
let seed = 0;

beforeAll(async () => {
  source = await strip(seed++);
  target = await strip(seed++);
});

afterAll(() => engine.close());

/** A job on a new image, of which nothing is cached. */
async function freshInspect() {
  const fresh = await strip(seed++);
  return { request: inspectOf(fresh, target), images: imagesOf(fresh, target) };
}

async function expectJobSucceeds(): Promise<void> {
  const { result } = await engine.run(await freshInspect());
  expect(result.kind).toBe('inspect');
}

function pidOf(host: { readonly pid: number | undefined }): number {
  if (host.pid === undefined) throw new Error('the engine does not run');
  return host.pid;
}

describe('the engine process', () => {
  it('reports its device', async () => {
    expect(await engine.ready()).toMatchObject({ provider: 'cpu', description: expect.stringContaining('threads') });
    expect(pidOf(engine)).not.toBe(process.pid);
  });

  it('transfers to every target, with progress that never decreases', async () => {
    const progress: JobProgress[] = [];
    const other = await strip(seed++);
    const { result, payload } = await engine.run(
      { request: transferOf(source, target, other), images: imagesOf(source, target, other) },
      { onProgress: (step) => progress.push(jobProgressSchema.parse(step)) },
    );
    expect(jobResultSchema.parse(result)).toEqual(result);
    expect(payload).toBeUndefined();
    expect(result.kind === 'transfer' && result.targets.map(({ targetId }) => targetId)).toEqual(['t0', 't1']);
    expect(result.kind === 'transfer' && result.targets[0]).toMatchObject({
      state: 'placed',
      placements: [
        { kind: 'point', itemId: 'p' },
        { kind: 'box', itemId: 'b' },
      ],
    });
    expectForward(progress);
  });

  it('inspects a point, with a heatmap of one byte per cell', async () => {
    const progress: JobProgress[] = [];
    const { result, payload } = await engine.run(
      { request: inspectOf(source, target), images: imagesOf(source, target) },
      { onProgress: (step) => progress.push(jobProgressSchema.parse(step)) },
    );
    if (result.kind !== 'inspect') throw new Error(`an inspect answered with ${result.kind}`);
    expect(jobResultSchema.parse(result)).toEqual(result);
    expect(result.matches.length).toBeGreaterThanOrEqual(1);
    expect(result.matches.length).toBeLessThanOrEqual(3);
    expect(payload).toHaveLength(result.heatmap.width * result.heatmap.height);
    expect([Math.min(...(payload ?? [])), Math.max(...(payload ?? []))]).toEqual([0, 255]);
    expectForward(progress);
  });

  function expectForward(progress: readonly JobProgress[]): void {
    expect([...new Set(progress.map(({ stage }) => stage))]).toEqual(['features', 'matching']);
    for (const [n, step] of progress.entries()) {
      const before = progress[n - 1];
      expect(step.done).toBeLessThanOrEqual(step.total);
      if (before === undefined) continue;
      expect(step.elapsedMs).toBeGreaterThanOrEqual(before.elapsedMs);
      // a new stage begins at 0, after the previous one is complete
      // cached features count as several steps at once
      if (step.stage === before.stage) {
        expect(step.done).toBeGreaterThan(before.done);
        expect(step.total).toBe(before.total);
      } else expect([step.done, before.done]).toEqual([0, before.total]);
    }
    expect(progress.at(-1)?.done).toBe(progress.at(-1)?.total);
  }
});

describe('a cancelled job ends the process, and the next job succeeds', () => {
  it('before it started', async () => {
    const run = engine.run(await freshInspect(), { signal: AbortSignal.abort() });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    await expectJobSucceeds();
  });

  it('when its result arrives', async () => {
    for (let attempt = 0; attempt < 3; attempt++) {
      const controller = new AbortController();
      const onProgress = ({ stage, done, total }: JobProgress) => {
        if (stage === 'matching' && done === total) controller.abort();
      };
      const run = engine.run(await freshInspect(), { signal: controller.signal, onProgress });
      await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
      await expectJobSucceeds();
    }
    // six jobs, each in a new process
  });

  it('while the process starts', async () => {
    await engine.close();
    const controller = new AbortController();
    const run = engine.run(await freshInspect(), { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    await expectJobSucceeds();
  });

  it.each(['features', 'matching'] as const)('during %s', async (stage) => {
    await engine.ready();
    const pid = pidOf(engine);
    const controller = new AbortController();
    const run = engine.run(await freshInspect(), {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.stage === stage) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(exists(pid)).toBe(false);
    await expectJobSucceeds();
    expect(pidOf(engine)).not.toBe(pid);
  });
});

describe('a job that fails', () => {
  it('because the process was killed reports a crash, and the next job succeeds in a new process', async () => {
    await engine.ready();
    const pid = pidOf(engine);
    const run = engine.run(await freshInspect(), { onProgress: () => exists(pid) && process.kill(pid, 'SIGKILL') });
    await expect(run).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await expectJobSucceeds();
    expect(pidOf(engine)).not.toBe(pid);
  });

  it('because the process was killed between two jobs reports a crash at most once', async () => {
    await engine.ready();
    const pid = pidOf(engine);
    process.kill(pid, 'SIGKILL');
    const [first] = await Promise.allSettled([engine.run(await freshInspect())]);
    if (first.status === 'rejected') expect(first.reason).toMatchObject({ code: 'ENGINE_CRASHED' });
    await expectJobSucceeds();
  });

  it.each([
    ['on a bad image', 'IMAGE_UNREADABLE', (bad: TestImage) => inspectOf(bad, target)],
    ['on a bad source', 'IMAGE_UNREADABLE', (bad: TestImage) => transferOf(bad, target)],
    ['on an unknown backend', 'BACKEND_UNKNOWN', () => ({ ...inspectOf(source, target), backend: 'sd9' })],
    [
      'on a property name of every object',
      'BACKEND_UNKNOWN',
      () => ({ ...inspectOf(source, target), backend: 'toString' }),
    ],
    ['on a point outside', 'ITEM_OUTSIDE_IMAGE', () => ({ ...inspectOf(source, target), point: { x: 2001, y: 0 } })],
    [
      'on an image that was not sent',
      'IMAGE_MISSING',
      () => ({ ...inspectOf(source, target), source: '0'.repeat(64) }),
    ],
  ])('%s reports %s', async (_why, code, request) => {
    const bad = identified(Buffer.from('no image'));
    const run = engine.run({ request: request(bad), images: imagesOf(source, target, bad) });
    await expect(run).rejects.toMatchObject({ name: 'SamepointError', code });
  });

  it('on a bad image does not end the process, and the next job succeeds in it', async () => {
    await engine.ready();
    const pid = pidOf(engine);
    const bad = identified(Buffer.from('no image'));
    const run = engine.run({ request: inspectOf(bad, target), images: imagesOf(bad, target) });
    await expect(run).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    await expectJobSucceeds();
    expect(pidOf(engine)).toBe(pid);
  });
});

describe('no process is left behind', () => {
  it('by close(), which may be called twice; a later job starts a new one', async () => {
    const host = createEngineHost({ provider: 'cpu' });
    await host.ready();
    const pid = pidOf(host);
    await host.close();
    expect(exists(pid)).toBe(false);
    await host.close();
    await host.ready();
    const next = pidOf(host);
    expect(next).not.toBe(pid);
    await host.close();
    expect(exists(next)).toBe(false);
  });

  it('by close() during a job, which fails', async () => {
    const host = createEngineHost({ provider: 'cpu' });
    await host.ready();
    const pid = pidOf(host);
    const run = host.run({ request: inspectOf(source, target), images: imagesOf(source, target) });
    const failed = expect(run).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
    await host.close();
    await failed;
    expect(exists(pid)).toBe(false);
  });

  it('by a killed daemon', async () => {
    writeFileSync(
      folder.path('daemon.mjs'),
      `import { createEngineHost } from ${JSON.stringify(HOST_MODULE)};
      const host = createEngineHost({ provider: 'cpu' });
      await host.ready();
      console.log(host.pid);
      setInterval(() => {}, 1000);`,
    );
    const daemon = spawn(process.execPath, [folder.path('daemon.mjs')], { stdio: ['ignore', 'pipe', 'pipe'] });
    const [line] = await once(daemon.stdout, 'data');
    const pid = Number(String(line));
    expect(exists(pid)).toBe(true);
    // the engine inherits the daemon's stderr, which closes only when both have ended
    const closed = once(daemon, 'close');
    daemon.kill('SIGKILL');
    await closed;
  });
});

/** Whether a process of this id exists. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
