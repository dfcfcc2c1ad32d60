import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { createEngine, imageId, match, type RunOptions, SamepointError } from '../dist/index.js';

const samples = new URL('../samples/', import.meta.url);
const home = readFileSync(new URL('home.png', samples));
const dark = readFileSync(new URL('dark.png', samples));

describe('the library', () => {
  const engine = createEngine({ provider: 'cpu' });
  afterAll(() => engine.close());

  it('finds points and boxes of one image in others', async () => {
    const progress: Parameters<NonNullable<RunOptions['onProgress']>>[0][] = [];
    const query = {
      source: home,
      targets: [dark, home],
      points: [{ x: 120, y: 80 }],
      boxes: [{ x: 40, y: 60, w: 80, h: 40 }],
    };
    const targets = await match(engine, query, { onProgress: (step) => progress.push(step) });
    expect(targets.map(({ targetId }) => targetId)).toEqual(['0', '1']);
    const [, same] = targets;
    const [point, box] = same?.state === 'placed' ? same.placements : [];
    expect(point).toMatchObject({ itemId: 'point 1', kind: 'point' });
    expect(box).toMatchObject({ itemId: 'box 1', kind: 'box', box: { x: 40, y: 60, w: 80, h: 40 } });
    expect(progress.length).toBeGreaterThan(0);
  });

  it('runs any job of the protocol', async () => {
    const request = { kind: 'align' as const, backend: 'ui', source: imageId(home), target: imageId(home) };
    const { result } = await engine.run({ request, images: new Map([[imageId(home), home]]) });
    expect(result.kind).toBe('align');
  });

  it('fails with a code and a hint', async () => {
    const empty = match(engine, { source: home, targets: [dark] });
    await expect(empty).rejects.toThrow(SamepointError);
    await expect(empty).rejects.toMatchObject({ code: 'BAD_REQUEST', hint: expect.stringContaining('at least one') });
    const signal = AbortSignal.abort();
    await expect(
      match(engine, { source: home, targets: [dark], points: [{ x: 1, y: 1 }] }, { signal }),
    ).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
