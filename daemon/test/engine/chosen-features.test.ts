import { fileURLToPath } from 'node:url';
import { jobRequestSchema } from '@samepoint/shared-protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// the built engine, which forks the built entry beside it
import { createEngineHost } from '../../dist/engine/engine-host.js';
import type { FeatureChoice } from '../../src/diffusion/plan/feature-plan.js';
import { JobRunner } from '../../src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../src/graph/runtime/runtime.js';
import { imagesOf, inspectOf, strip, type TestImage } from '../support/strips.js';

const ADM = fileURLToPath(new URL('../fixtures/adm/official', import.meta.url));
/** The fixture's last block has the size of the network input. */
const FEATURES: FeatureChoice = {
  checkpoint: ADM,
  network: 'adm',
  t: 51,
  upFtIndex: 5,
  size: { width: 40, height: 8 },
};
const SIZE = { width: 40, height: 8 };

const runner = new JobRunner(CPU_RUNTIME);
const engine = createEngineHost({ provider: 'cpu' });
let [source, target]: TestImage[] = [];
beforeAll(async () => {
  [source, target] = [await strip(1), await strip(2)];
});
afterAll(() => engine.close());

function job(features?: FeatureChoice) {
  if (source === undefined || target === undefined) throw new Error('there are two images');
  return { request: inspectOf(source, target), images: imagesOf(source, target), features };
}

describe('features chosen on this computer', () => {
  it('override those of the request', async () => {
    const { result } = await runner.run(job(FEATURES), () => {});
    expect(result).toMatchObject({ heatmap: SIZE });
    const { result: own } = await runner.run(job(), () => {});
    expect(own).not.toMatchObject({ heatmap: SIZE });
  });

  it('are passed to the engine process', async () => {
    const { result, payload } = await engine.run(job(FEATURES));
    const here = await runner.run(job(FEATURES), () => {});
    expect(result).toEqual(here.result);
    expect(payload).toEqual(here.payload);
  });
});

describe('a request', () => {
  const smuggled = { ...FEATURES, ensembleSize: 2, seed: 1, latentMode: 'sample', downscaleSteps: 1, category: 'cat' };

  it.each(Object.entries(smuggled))('cannot name files or settings: %s is rejected', (name, value) => {
    expect(jobRequestSchema.safeParse(job().request).success).toBe(true);
    expect(jobRequestSchema.safeParse({ ...job().request, [name]: value }).success).toBe(false);
  });

  it('has no effect on files or settings even if it is not validated', async () => {
    const { request, images } = job();
    const outcome = await runner.run({ request: Object.assign({}, request, smuggled), images }, () => {});
    expect(outcome).toEqual(await runner.run({ request, images }, () => {}));
  });
});
