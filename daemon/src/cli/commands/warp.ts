import { join } from 'node:path';
import {
  type Box,
  type ErrorCode,
  type JobResult,
  type MatchingChoice,
  matchingChoiceSchema,
  SamepointError,
  type WarpedTarget,
  type WarpRequest,
} from '@samepoint/shared-protocol';
import { Command, Option } from 'commander';
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
import { checkOutputFolder, makeOutputFolder, warpedNames, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, identify, readBytes, readImage } from '../files/read-image.js';
import { CountProgress } from '../format/progress.js';
import { type WarpedFile, type WarpReport, warpTable } from '../format/warp-report.js';
import { logDevice } from '../host-info.js';
import {
  checkedPlan,
  describeFeatures,
  disableDiskCache,
  type FeatureOptions,
  featureChoice,
  requestedFeatures,
} from '../options/feature-options.js';
import { withFitOptions } from '../options/fit-options.js';
import type { ProviderOptions } from '../options/provider-options.js';

interface WarpOptions extends FitChoice, FeatureOptions, ProviderOptions {
  edit: string;
  out: string;
  matching?: MatchingChoice;
  layerOnly?: true;
  json?: true;
}

const DETAILS = `
EDIT is a PNG or WebP of the size of SOURCE: what was drawn or changed there, transparent elsewhere. It is put where each
target shows what the source shows under it, as <target>-warped.png; with --layer-only on a transparent ground of the
target's size. A target in which that place is not found, or not surely, is refused with a reason, and nothing is written.
With --preset edit the edit is carried over as Tang et al. published it: 1000 random pixels of it to their nearest neighbours,
a homography by RANSAC; nothing is refused then for being unsure.
Targets are done one after another: one whose file cannot be read does not keep the others from being written.

Exit codes: 0 every target was done; 2 the file of a target cannot be read; 3 some or all were refused.`;

/** `samepoint warp`: carries a raster edit of one image into others. */
export function warpCommand(): Command {
  const command = new Command('warp')
    .description('Carry an edit of one image into others.')
    .argument('<source>', 'the image the edit was made on, without it')
    .argument('<targets...>', 'the images to carry it into')
    .requiredOption('--edit <file>', 'the edit: a transparent image of the size of the source')
    .requiredOption('--out <dir>', 'folder to write to')
    .addOption(
      new Option(
        '--matching <kind>',
        "as the paper carries edits over, or Samepoint's own (default: published with --preset edit, else samepoint)",
      ).choices(matchingChoiceSchema.options),
    )
    .option('--layer-only', 'write the warped edit alone, not over the target')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runWarp);
  return withFitOptions(command);
}

async function runWarp(sourcePath: string, targetPaths: string[], options: WarpOptions): Promise<void> {
  // the engine checks this too, but only once it has started
  editProtocol(options, checkedPlan(options));
  disableDiskCache(options);
  await checkOutputFolder(options.out, '--out');
  const source = await readImage(sourcePath);
  const edit = identify(options.edit, await readBytes(options.edit));
  // and the edit
  prepareEdit(await decodeLayer(edit.bytes, options.edit), source.image);
  const report = await warp(source, edit, targetPaths, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : warpTable(report));
  process.exitCode = exitCodeFor(report);
}

/** A target that nothing is known of weighs more than one that was refused. */
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

/** Only after a job it is known where the networks ran. */
async function deviceOf(engine: Engine, targets: readonly WarpedFile[]): Promise<Pick<WarpReport, 'device'>> {
  if (targets.every(({ state }) => state === 'failed')) return {};
  const { provider, description } = await engine.ready();
  return { device: `${provider} (${description})` };
}

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
    { onDevice: logDevice },
  );
  const outcome = only(result);
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

function only(result: JobResult): WarpedTarget {
  const [outcome] = result.kind === 'warp' ? result.targets : [];
  if (outcome === undefined) throw new TypeError(`a warp of one target answered with ${result.kind}`);
  return outcome;
}
