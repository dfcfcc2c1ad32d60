import {
  type Box,
  type Item,
  type Point,
  SamepointError,
  type TransferRequest,
  type TransferredTarget,
} from '@samepoint/shared-protocol';
import type { Command } from 'commander';
import { isCalibrated } from '../../correspond/match-settings.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { prepareItems } from '../../transfer/place-items.js';
import { exitCodeOf } from '../exit-codes.js';
import { drawMatches } from '../files/draw-matches.js';
import { claimOutputs, pairNames } from '../files/output-files.js';
import { type ImageFile, identify, readBytes, readImage } from '../files/read-image.js';
import { readLayers } from '../files/read-layers.js';
import { type FailedFile, failedFile, failureLine } from '../format/failed-files.js';
import { type MatchQuery, type MatchReport, matchTable, toMatchedTarget } from '../format/match-report.js';
import { withStatus } from '../format/status-line.js';
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
import {
  requestedStages,
  type StageOptions,
  withMatchingOptions,
  withoutStageOption,
  withStageOption,
} from '../options/matching-options.js';
import { forceOption } from '../options/output-options.js';
import { parseBoxes, parsePoints } from '../options/parse-values.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';
import { runJob } from '../run-job.js';

interface MatchOptions extends FeatureOptions, ProviderOptions, StageOptions {
  points?: string;
  boxes?: string;
  layers?: string;
  json?: true;
  out?: string;
  force?: true;
}

const DETAILS = `
Positions are in pixels of SOURCE, from its top left corner. Images are PNG, JPEG or WebP.
Confidence is the estimated probability that a match is correct. For a box, it combines the confidences of those of its
points that agree on one position.
A target that cannot be read does not stop the others; the exit code is then 2.

The file of --layers is { "source": [layer …], "targets": { "<file>": [layer …] } }. A layer is { "box": { "x", "y", "w",
"h" } }, optionally with layerId, parentId, type, name, text, candidate and references. Each layer of the source is assigned a
different layer of the target, or none.`;

/** `samepoint match`: finds points, boxes or layers of one image in others. */
export function matchCommand(): Command {
  const command = createCommand(
    'match',
    'Find points, boxes or layers of one image in others.',
    'match home.png dark.png --points "120,80 300,412" --out matches',
  )
    .argument('<source>', 'image with the points, boxes or layers')
    .argument('<targets...>', 'images to find them in')
    .option('--points <list>', 'points to find, "x,y x,y …"')
    .option('--boxes <list>', 'boxes to find, "x,y,w,h x,y,w,h …"')
    .option('--layers <file>', 'JSON file with the layers of all images')
    .option('--json', 'print JSON instead of a table')
    .option('--out <dir>', 'also draw the matches of each pair of images')
    .addOption(forceOption())
    .addHelpText('after', DETAILS)
    .action(runMatch);
  withMatchingOptions(command, withStageOption(), withoutStageOption());
  return withEngineOptions(withFeatureOptions(command));
}

async function runMatch(sourcePath: string, targetPaths: string[], options: MatchOptions): Promise<void> {
  const query = await readQuery(options, targetPaths);
  // the engine repeats these checks, but only after it has started
  const plan = checkedPlan(options);
  disableDiskCache(options);
  await claimDrawings([sourcePath, ...targetPaths, ...filesOfPlan(plan)], sourcePath, targetPaths, options);
  const source = await readImage(sourcePath);
  prepareItems(itemsOf(query), query.layers?.source ?? [], source.image);
  const targets: TargetFile[] = [];
  for (const path of targetPaths) targets.push(await openTarget(path));
  const report = await match(source, targets, query, options, isCalibrated(plan.parts.map(({ preset }) => preset)));
  const failed = report.targets.filter((target) => 'error' in target);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : matchTable(report));
  if (options.out !== undefined) {
    const { out } = options;
    const written = await withStatus('Drawing the matches', () => drawMatches(out, source, report));
    if (written.length > 0) process.stderr.write(`Images: ${written.join(', ')}\n`);
  }
  for (const one of failed) process.stderr.write(failureLine(one));
  process.exitCode = failed[0] === undefined ? 0 : exitCodeOf(failed[0].error.code);
}

/** A target before it is decoded, which the engine does one by one. */
type TargetFile = Omit<ImageFile, 'image'> | FailedFile;

async function openTarget(path: string): Promise<TargetFile> {
  try {
    return identify(path, await readBytes(path));
  } catch (thrown) {
    return failedFile(path, thrown);
  }
}

/** @param inputs images and weights */
async function claimDrawings(
  inputs: readonly string[],
  source: string,
  targets: readonly string[],
  { out, layers, force }: MatchOptions,
): Promise<void> {
  if (out === undefined) return;
  const names = pairNames(source, targets);
  const read = layers === undefined ? inputs : [...inputs, layers];
  await claimOutputs([{ folder: out, names, option: '--out' }], { inputs: read, force });
}

async function readQuery({ points, boxes, layers }: MatchOptions, targetPaths: readonly string[]): Promise<MatchQuery> {
  const shapes = [
    ...(points === undefined ? [] : parsePoints(points)),
    ...(boxes === undefined ? [] : parseBoxes(boxes)),
  ];
  if (layers !== undefined) return { shapes, layers: await readLayers(layers, targetPaths) };
  if (shapes.length > 0) return { shapes };
  throw new SamepointError(
    'BAD_REQUEST',
    'There is nothing to match.',
    'Add --points "x,y x,y …", --boxes "x,y,w,h …" or --layers FILE.',
  );
}

async function match(
  source: ImageFile,
  targets: readonly TargetFile[],
  query: MatchQuery,
  options: MatchOptions,
  calibrated: boolean,
): Promise<MatchReport> {
  const common = { backend: describeFeatures(options), calibrated, source: source.path };
  const request = requestOf(source, targets, query, options);
  if (request.targets.length === 0) return { ...common, targets: targets.filter((target) => 'error' in target) };
  const engine = createEngineHost(options);
  try {
    const images = new Map([source, ...targets.filter(isOpen)].map(({ imageId, bytes }) => [imageId, bytes]));
    const features = featureChoice(options);
    const work = { work: 'Matching', images: request.targets.length };
    const { result } = await runJob(engine, { request, images, features }, work);
    // the device is known only after the run
    const device = await engine.ready();
    if (result.kind !== 'transfer') throw new TypeError(`unexpected result of kind ${result.kind}`);
    const outcomes = new Map(result.targets.map((outcome) => [outcome.targetId, outcome]));
    return {
      ...common,
      device: `${device.provider} (${device.description})`,
      targets: targets.map((target, n) => toReportedTarget(target, outcomes.get(String(n)), n, query)),
    };
  } finally {
    await engine.close();
  }
}

function isOpen(target: TargetFile): target is Exclude<TargetFile, FailedFile> {
  return !('error' in target);
}

function toReportedTarget(
  target: TargetFile,
  outcome: TransferredTarget | undefined,
  n: number,
  query: MatchQuery,
): MatchReport['targets'][number] {
  if (!isOpen(target)) return target;
  if (outcome === undefined) throw new TypeError(`the result has no target ${n}`);
  if (outcome.state !== 'failed') return toMatchedTarget(target.path, n, query, outcome.placements);
  const error = SamepointError.fromPayload({ ...outcome.error, retryable: false });
  return failedFile(target.path, error, target.imageId);
}

/** Each target has its index as id; those that cannot be opened are left out. */
function requestOf(
  source: ImageFile,
  targets: readonly TargetFile[],
  query: MatchQuery,
  options: MatchOptions,
): TransferRequest {
  const { layers } = query;
  return {
    kind: 'transfer',
    ...requestedFeatures(options),
    source: { imageId: source.imageId, layers: [...(layers?.source ?? [])] },
    targets: targets.flatMap((target, n) => {
      if (!isOpen(target)) return [];
      const { imageId } = target;
      return { targetId: String(n), frame: { imageId, layers: [...(layers?.targets[n] ?? [])] } };
    }),
    items: itemsOf(query),
    ...(layers === undefined ? {} : { withCues: true }),
    ...requestedStages(options),
  };
}

/** Points and boxes, then all layers of the source. */
function itemsOf({ shapes, layers }: MatchQuery): Item[] {
  return [
    ...shapes.map(toItem),
    ...(layers?.source ?? []).map(({ layerId }) => ({ kind: 'layer' as const, itemId: layerId, layerId })),
  ];
}

function toItem(shape: Point | Box, n: number): Item {
  const itemId = `#${n + 1}`;
  return 'w' in shape ? { kind: 'box', itemId, box: shape } : { kind: 'point', itemId, point: shape };
}
