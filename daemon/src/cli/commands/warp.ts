import { join } from 'node:path';
import {
  type Box,
  type ErrorCode,
  type JobResult,
  type MatchingChoice,
  SamepointError,
  type WarpedTarget,
  type WarpRequest,
} from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import type { FeatureChoice } from '../../diffusion/plan/feature-plan.js';
import type { Engine } from '../../engine/engine.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { decodeLayer } from '../../images/decode.js';
import { encodePng } from '../../images/encode.js';
import { onTransparent } from '../../images/pixels.js';
import type { Size } from '../../images/resize.js';
import { editProtocol } from '../../transfer/edits/published-edit.js';
import { type FitChoice, prepareEdit } from '../../transfer/edits/warp-edit.js';
import { EXIT_CODES, exitCodeOf } from '../exit-codes.js';
import { claimOutputs, makeOutputFolder, warpedNames, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, identify, readBytes, readImage } from '../files/read-image.js';
import { failedFile, failureLine, sentenceOf } from '../format/failed-files.js';
import { CountProgress } from '../format/progress.js';
import { type WarpedFile, type WarpReport, warpTable } from '../format/warp-report.js';
import { logDevice } from '../host-info.js';
import { createCommand } from '../options/create-command.js';
import {
  checkedPlan,
  describeFeatures,
  disableDiskCache,
  type FeatureOptions,
  featureChoice,
  filesOfPlan,
  requestedFeatures,
  withFeatureOptions,
} from '../options/feature-options.js';
import { fitOptions, matchingOption, withMatchingOptions } from '../options/matching-options.js';
import { forceOption } from '../options/output-options.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';

interface WarpOptions extends FitChoice, FeatureOptions, ProviderOptions {
  edit: string;
  out: string;
  force?: true;
  matching?: MatchingChoice;
  layerOnly?: true;
  json?: true;
}

const DETAILS = `
EDIT is a PNG or WebP of the size of SOURCE: what was drawn or changed, transparent elsewhere. It is warped to the matching
position in each target and written as <target>-warped.png. With --layer-only, the background is transparent instead.
A target without a reliable match is refused with a reason, and no file is written for it.
With --preset edit, the protocol of Tang et al. is used: nearest neighbours of 1000 random pixels of the edit and a
homography by RANSAC; no target is refused for low confidence.
Targets are processed one by one. An unreadable target does not stop the others.

Exit codes: 0 all targets done; 2 a target cannot be read; 3 some or all targets refused.`;

/** `samepoint warp`: warps a raster edit of one image into others. */
export function warpCommand(): Command {
  const command = createCommand(
    'warp',
    'Warp an edit of one image into others.',
    'warp home.png dark.png --edit sticker.png --out warped',
  )
    .argument('<source>', 'image before the edit')
    .argument('<targets...>', 'images to warp the edit into')
    .requiredOption('--edit <file>', 'edit: a transparent image of the size of the source')
    .requiredOption('--out <dir>', 'output folder')
    .addOption(forceOption())
    .option('--layer-only', 'write the warped edit alone, without the target')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runWarp);
  withMatchingOptions(command, matchingOption('published with --preset edit, otherwise samepoint'), ...fitOptions());
  return withEngineOptions(withFeatureOptions(command));
}

async function runWarp(sourcePath: string, targetPaths: string[], options: WarpOptions): Promise<void> {
  // the engine repeats these checks, but only after it has started
  const plan = checkedPlan(options);
  editProtocol(options, plan);
  disableDiskCache(options);
  const { out: folder, edit: editPath, force } = options;
  const inputs = [sourcePath, ...targetPaths, editPath, ...filesOfPlan(plan)];
  await claimOutputs([{ folder, names: warpedNames(targetPaths), option: '--out' }], { inputs, force });
  const source = await readImage(sourcePath);
  const edit = identify(editPath, await readBytes(editPath));
  prepareEdit(await decodeLayer(edit.bytes, editPath), source.image);
  const report = await warp(source, edit, targetPaths, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : warpTable(report));
  for (const target of report.targets) if (target.state === 'failed') process.stderr.write(failureLine(target));
  process.exitCode = exitCodeFor(report);
}

/** A failed target determines the exit code before a refused one. */
function exitCodeFor({ targets }: WarpReport): number {
  const failed = targets.find((target) => target.state === 'failed');
  if (failed !== undefined) return exitCodeOf(failed.code);
  return targets.some(({ state }) => state === 'refused') ? EXIT_CODES.refused : 0;
}

async function warp(
  source: ImageFile,
  edit: WarpTask['edit'],
  targetPaths: readonly string[],
  options: WarpOptions,
): Promise<WarpReport> {
  const { transform, estimator, matching, layerOnly, out } = options;
  const engine = createEngineHost(options);
  const progress = new CountProgress(targetPaths.length, 'targets');
  progress.prepare('Warping the edit into the first target');
  try {
    const request = {
      kind: 'warp' as const,
      ...requestedFeatures(options),
      source: source.imageId,
      edit: edit.imageId,
      transform,
      estimator,
      matching,
      output: layerOnly ? ('layer' as const) : ('blended' as const),
    };
    const task = { source, edit, request, features: featureChoice(options), folder: out };
    const targets: WarpedFile[] = [];
    for await (const target of warpTargets(engine, task, targetPaths)) {
      targets.push(target);
      progress.show(targets.length);
    }
    return {
      backend: describeFeatures(options),
      ...(await deviceOf(engine, targets)),
      source: source.path,
      edit: edit.path,
      targets,
    };
  } finally {
    progress.stop();
    await engine.close();
  }
}

/** The device is known only after a job. */
async function deviceOf(engine: Engine, targets: readonly WarpedFile[]): Promise<Pick<WarpReport, 'device'>> {
  if (targets.every(({ state }) => state === 'failed')) return {};
  const { provider, description } = await engine.ready();
  return { device: `${provider} (${description})` };
}

/** Errors of a single target. All others stop the command. */
const TARGET_ERRORS: ReadonlySet<ErrorCode> = new Set([
  'IMAGE_MISSING',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'GPU_OUT_OF_MEMORY',
  'ENGINE_CRASHED',
]);

/** Shared by all targets. */
export interface WarpTask {
  source: ImageFile;
  edit: Omit<ImageFile, 'image'>;
  request: Omit<WarpRequest, 'targets'>;
  features: FeatureChoice;
  /** Output folder, created with the first result. */
  folder: string;
}

/**
 * Warps the edit into each target, one job per target: only one target is in memory, and finished files stay whatever
 * happens later. The engine caches the features of the source.
 * @yields the outcome of each target, in order
 * @throws SamepointError for errors that affect every target
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
      if (!(thrown instanceof SamepointError) || !TARGET_ERRORS.has(thrown.code)) throw thrown;
      const failed = failedFile(image, thrown);
      yield { state: 'failed', ...failed, code: thrown.code, reason: sentenceOf(failed) };
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
    { onDevice: logDevice },
  );
  const outcome = onlyTarget(result);
  if (outcome.state === 'failed') throw SamepointError.fromPayload({ ...outcome.error, retryable: false });
  if (outcome.state === 'refused') return { state: outcome.state, reason: outcome.reason };
  makeOutputFolder(folder);
  const file = join(folder, name);
  await writeOutputFile(file, await toFullSize(payload, outcome.box, target.image));
  return { state: outcome.state, file, ...outcome.fit };
}

/** The warped image, or the warped edit alone on a transparent canvas of the target's size. */
async function toFullSize(png: Uint8Array, box: Box, target: Size): Promise<Uint8Array> {
  if (box.w === target.width && box.h === target.height) return png;
  return encodePng(onTransparent(await decodeLayer(png), box, target));
}

function onlyTarget(result: JobResult): WarpedTarget {
  const [outcome] = result.kind === 'warp' ? result.targets : [];
  if (outcome === undefined) throw new TypeError(`unexpected result of kind ${result.kind}`);
  return outcome;
}
