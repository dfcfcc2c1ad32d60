import { join } from 'node:path';
import {
  type ErrorCode,
  type JobResult,
  SamepointError,
  type WarpedTarget,
  type WarpRequest,
} from '@samepoint/shared-protocol';
import type { FeatureChoice } from '../../diffusion/plan/feature-plan.js';
import type { Engine } from '../../engine/engine.js';
import { makeOutputFolder } from '../files/draw-matches.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { warpedNames, writeWarped } from '../files/write-warped.js';
import type { WarpedFile } from '../format/warp-report.js';
import { sayDevice } from '../say-device.js';

/** What may be wrong with one target alone; with anything else the others would fare no better. */
const OF_ONE_TARGET: ReadonlySet<ErrorCode> = new Set([
  'IMAGE_MISSING',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'GPU_OUT_OF_MEMORY',
  'ENGINE_CRASHED',
]);

/** What is the same for every target. */
export interface WarpTask {
  source: ImageFile;
  edit: Omit<ImageFile, 'image'>;
  request: Omit<WarpRequest, 'targets'>;
  features: FeatureChoice;
  /** Where the results are written to; made with the first of them. */
  folder: string;
}

/**
 * Warps the edit into one target after another, a job each, so that only one target is in memory and the files of those
 * that are done are there whatever comes later. The engine keeps the features of the source.
 * @yields what became of each target, in their order
 * @throws SamepointError for what is wrong with more than one target
 */
export async function* warpTargets(
  engine: Engine,
  task: WarpTask,
  targetPaths: readonly string[],
): AsyncGenerator<WarpedFile> {
  const names = warpedNames(targetPaths);
  for (const [n, image] of targetPaths.entries()) {
    try {
      yield { image, ...(await warpInto(engine, task, image, names[n] ?? '')) };
    } catch (thrown) {
      if (!(thrown instanceof SamepointError) || !OF_ONE_TARGET.has(thrown.code)) throw thrown;
      yield { image, state: 'failed', code: thrown.code, reason: `${thrown.message} ${thrown.hint}` };
    }
  }
}

async function warpInto(engine: Engine, task: WarpTask, path: string, name: string) {
  const { source, edit, request, features, folder } = task;
  const target = await readImage(path);
  const images = new Map([source, edit, target].map(({ imageId, bytes }) => [imageId, bytes]));
  const job = { ...request, targets: [{ targetId: '0', imageId: target.imageId }] };
  const { result, payload = new Uint8Array() } = await engine.run(
    { request: job, images, features },
    { onDevice: sayDevice },
  );
  const outcome = only(result);
  if (outcome.state === 'refused') return { state: outcome.state, reason: outcome.reason };
  makeOutputFolder(folder);
  const file = join(folder, name);
  await writeWarped(file, outcome, payload, target.image);
  return { state: outcome.state, file, ...outcome.fit };
}

function only(result: JobResult): WarpedTarget {
  const [outcome] = result.kind === 'warp' ? result.targets : [];
  if (outcome === undefined) throw new TypeError(`a warp of one target answered with ${result.kind}`);
  return outcome;
}
