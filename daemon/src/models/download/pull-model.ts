import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import type { CatalogueModel } from '../catalogue.js';
import { checkWeights, damagedFiles } from '../files/check-files.js';
import { gitBlobOfFile, sha256OfFile } from '../files/hash-file.js';
import { hubPaths, placeInHubCache } from '../files/hub-cache.js';
import { removeFiles } from '../files/remove-model.js';
import { type SubsetNote, samepointCachePath, subsetNotePath } from '../files/samepoint-cache.js';
import type { ModelEnvironment } from '../model-environment.js';
import { checkPin, pinKey, readStore, updateStore } from '../model-store.js';
import { findModelFiles, modelOf, type ResolveOptions } from '../resolve-model.js';
import { download, plannedBytes, removePartial } from './download.js';
import { damaged, fileFailure, interrupted } from './failures.js';
import { checkDiskSpace, type FetchPlan, planFetch, wholePlan } from './fetch-plan.js';
import { withLock } from './lock.js';
import { ProgressMeter, type PullProgress } from './progress.js';
import { describeSource } from './remote-file.js';
import type { AttemptOptions } from './retry.js';

export interface PullOptions extends ResolveOptions, AttemptOptions {
  onProgress?: (progress: PullProgress) => void;
  /** Called once if another process is downloading, before waiting for it. */
  onWait?: () => void;
  /** Called for a damaged file whose registration is removed. The file itself stays. */
  onUnregister?: (path: string) => void;
}

export interface PullReport {
  /** Names of the downloaded files. */
  fetched: string[];
  bytes: number;
}

/**
 * Downloads the missing and damaged files of a model, checks them, and moves them to where `resolveModel` finds them.
 * Resumes after any failure.
 * @throws SamepointError
 */
export async function pullModel(id: string, options: PullOptions, environment: ModelEnvironment): Promise<PullReport> {
  const model = modelOf(id, environment);
  const { sleep, at } = environment;
  const lock = { sleep, signal: options.signal, ...(options.onWait === undefined ? {} : { onWait: options.onWait }) };
  try {
    // one lock for all models, since they share files
    return await withLock(join(at.samepointCache, 'pull.lock'), lock, async () => {
      await removeDamaged(model, options, environment);
      const store = readStore(at.stateFile);
      const { missing, optional } = findModelFiles(model, options, environment);
      if (missing.length > 0 && at.offline) throw offline(model.title);
      const plans: FetchPlan[] = [];
      for (const file of at.offline ? missing : [...missing, ...optional]) {
        const plan = await planFetch(file, options.whole === true, environment, options);
        checkPin(store, plan.file, plan.remote);
        plans.push(plan);
      }
      await checkDiskSpace(plans, environment);
      return await fetchAll(plans, options, environment);
    });
  } catch (thrown) {
    throw options.signal?.aborted === true ? interrupted() : fileFailure(thrown, at.samepointCache);
  }
}

/** Removes files with invalid headers; `verifyModel` checks whole files. */
async function removeDamaged(
  model: CatalogueModel,
  { onUnregister }: PullOptions,
  environment: ModelEnvironment,
): Promise<void> {
  const damaged = damagedFiles(model, environment);
  if (damaged.length === 0) return;
  await removeFiles(model, damaged, environment);
  for (const { path, isRegistered } of damaged) if (isRegistered) onUnregister?.(path);
}

async function fetchAll(
  plans: readonly FetchPlan[],
  { onProgress, signal, onRetry }: PullOptions,
  environment: ModelEnvironment,
): Promise<PullReport> {
  const meter = new ProgressMeter(
    plans.reduce((sum, plan) => sum + plannedBytes(plan), 0),
    environment.now,
  );
  let done = 0;
  for (const plan of plans) {
    const onPosition = (bytes: number) => onProgress?.(meter.update(plan.file.name, done + bytes));
    await fetchFile(plan, environment, onPosition, { signal, onRetry });
    done += plannedBytes(plan);
  }
  return { fetched: plans.map(({ file }) => file.name), bytes: done };
}

async function fetchFile(
  planned: FetchPlan,
  environment: ModelEnvironment,
  onPosition: (bytes: number) => void,
  attempts: AttemptOptions,
): Promise<void> {
  let plan = planned;
  const got = await download(plan, environment, onPosition, attempts);
  if (!got.ok) {
    await removePartial(plan.partial);
    plan = wholePlan(plan.file, plan.remote, environment);
    await checkDiskSpace([plan], environment);
    await download(plan, environment, onPosition, attempts);
  }
  try {
    await verifyAndPlace(plan, environment, attempts.signal);
  } catch (thrown) {
    // resuming cannot repair a complete but invalid file
    if (thrown instanceof SamepointError && thrown.code === 'MODEL_INVALID') await removePartial(plan.partial);
    throw thrown;
  }
}

/** Checks a complete download and moves it to its destination. */
async function verifyAndPlace(
  plan: FetchPlan,
  environment: ModelEnvironment,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { file, remote, partial, isSubset } = plan;
  const sha256 = await sha256OfFile(partial, signal);
  if (!isSubset) await checkContent(plan, sha256, signal);
  checkWeights(partial, file);
  const { at, link } = environment;
  if (isSubset || file.source.kind === 'url') {
    const path = samepointCachePath(at.samepointCache, file.source);
    await rename(partial, path);
    const note: SubsetNote = { etag: remote.etag, size: remote.size, tensors: file.tensors?.source ?? '' };
    if (isSubset) await writeFile(subsetNotePath(path), JSON.stringify(note));
  } else {
    const paths = hubPaths(at.hubCache, file.source, remote.commit, remote.etag);
    await placeInHubCache(partial, paths, remote.commit, link);
    const { snapshot, blob } = paths;
    updateStore(at.stateFile, ({ pulled }) => {
      if (!pulled.some((entry) => entry.snapshot === snapshot))
        pulled.push({ key: pinKey(file, false), snapshot, blob });
    });
  }
  await removePartial(partial);
  updateStore(at.stateFile, ({ pins }) => {
    pins[pinKey(file, isSubset)] = { etag: remote.etag, size: remote.size, sha256 };
  });
}

async function checkContent(plan: FetchPlan, sha256: string, signal: AbortSignal | undefined): Promise<void> {
  const { file, remote, partial } = plan;
  const expected = file.sha256 ?? (/^[0-9a-f]{64}$/.test(remote.etag) ? remote.etag : undefined);
  const isGitBlob = expected === undefined && /^[0-9a-f]{40}$/.test(remote.etag);
  const isWrong =
    (expected !== undefined && sha256 !== expected) ||
    (isGitBlob && (await gitBlobOfFile(partial, signal)) !== remote.etag);
  if (isWrong) throw damaged(describeSource(file.source), 'its hash differs from the announced one');
}

function offline(title: string): SamepointError {
  return new SamepointError(
    'MODEL_MISSING',
    `${title} is incomplete, and HF_HUB_OFFLINE forbids downloads.`,
    'Unset HF_HUB_OFFLINE, or register local files with samepoint models add.',
  );
}
