import { type Box, type Item, type Point, SamepointError, type TransferRequest } from '@samepoint/shared-protocol';
import { Command } from 'commander';
import { isCalibrated } from '../../correspond/match-settings.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { prepareItems } from '../../transfer/place-items.js';
import { drawMatches } from '../files/draw-matches.js';
import { makeOutputFolder } from '../files/output-files.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { readLayers } from '../files/read-layers.js';
import type { MatchReport } from '../format/match-report.js';
import { matchTable } from '../format/match-table.js';
import { logDevice } from '../host-info.js';
import {
  checkedPlan,
  describeFeatures,
  disableDiskCache,
  type FeatureOptions,
  featureChoice,
  requestedFeatures,
  withFeatureOptions,
} from '../options/feature-options.js';
import { type AskedPart, askedParts, withPartsOption } from '../options/matching-parts.js';
import { parseBoxes, parsePoints } from '../options/parse-values.js';
import { deviceOption, outOfMemoryOption, type ProviderOptions, providerOption } from '../options/provider-options.js';
import { type Asked, toMatchedTarget } from './matched-target.js';

interface MatchOptions extends FeatureOptions, ProviderOptions {
  points?: string;
  boxes?: string;
  layers?: string;
  json?: true;
  out?: string;
  with?: AskedPart[];
}

const DETAILS = `
Points and boxes are in pixels of SOURCE, from its top left corner. Images are PNG, JPEG or WebP.
Confidence is the estimated probability that a match is right: that of a box is made of the share of its points, each with
its own confidence, that agree on one place.

LAYERS is { "source": [layer …], "targets": { "<file>": [layer …] } }; a layer is { "box": { "x", "y", "w", "h" } } with any
of layerId, parentId, type, name, text and candidate. Each layer of the source gets another one of the target, or none.`;

/** `samepoint match`: where are these points, boxes or layers in the other images? */
export function matchCommand(): Command {
  const command = new Command('match')
    .description('Find points, boxes or layers of one image in others.')
    .argument('<source>', 'the image the points or boxes belong to')
    .argument('<targets...>', 'the images to find them in')
    .option('--points <list>', 'points to find, "x,y x,y …"')
    .option('--boxes <list>', 'boxes to find, "x,y,w,h x,y,w,h …"')
    .option('--layers <file>', 'layers of all images as JSON, to find which became which')
    .addOption(withPartsOption())
    .addOption(providerOption())
    .addOption(deviceOption())
    .addOption(outOfMemoryOption())
    .option('--json', 'print JSON instead of a table')
    .option('--out <dir>', 'also write a picture of each pair with the matches drawn')
    .addHelpText('after', DETAILS)
    .action(runMatch);
  return withFeatureOptions(command);
}

async function runMatch(sourcePath: string, targetPaths: string[], options: MatchOptions): Promise<void> {
  const asked = await readAsked(options, targetPaths);
  // the engine checks this too, but only once it has started
  const plan = checkedPlan(options);
  disableDiskCache(options);
  const source = await readImage(sourcePath);
  // and positions
  prepareItems(itemsOf(asked), asked.layers?.source ?? [], source.image);
  const targets = await Promise.all(targetPaths.map((path) => readImage(path)));
  if (options.out !== undefined) makeOutputFolder(options.out);
  const report = await match(source, targets, asked, options, isCalibrated(plan.parts.map(({ preset }) => preset)));
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : matchTable(report));
  if (options.out !== undefined) {
    const written = await drawMatches(options.out, source, targets, report);
    process.stderr.write(`Pictures: ${written.join(', ')}\n`);
  }
}

async function readAsked({ points, boxes, layers }: MatchOptions, targetPaths: readonly string[]): Promise<Asked> {
  const shapes = [
    ...(points === undefined ? [] : parsePoints(points)),
    ...(boxes === undefined ? [] : parseBoxes(boxes)),
  ];
  if (layers !== undefined) return { shapes, layers: await readLayers(layers, targetPaths) };
  if (shapes.length > 0) return { shapes };
  throw new SamepointError(
    'BAD_REQUEST',
    'Nothing to match was given.',
    'Add --points "x,y x,y …", --boxes "x,y,w,h …" or --layers FILE.',
  );
}

async function match(
  source: ImageFile,
  targets: readonly ImageFile[],
  asked: Asked,
  options: MatchOptions,
  calibrated: boolean,
): Promise<MatchReport> {
  const features = featureChoice(options);
  const engine = createEngineHost(options);
  try {
    const request = requestOf(source, targets, asked, options);
    const images = new Map([source, ...targets].map(({ imageId, bytes }) => [imageId, bytes]));
    const { result } = await engine.run({ request, images, features }, { onDevice: logDevice });
    // only now is it known where the networks ran
    const device = await engine.ready();
    if (result.kind !== 'transfer') throw new TypeError(`a transfer answered with ${result.kind}`);
    return {
      backend: describeFeatures(options),
      calibrated,
      device: `${device.provider} (${device.description})`,
      source: source.path,
      targets: result.targets.map(({ placements }, n) => toMatchedTarget(targets[n]?.path ?? '', n, asked, placements)),
    };
  } finally {
    await engine.close();
  }
}

function requestOf(
  source: ImageFile,
  targets: readonly ImageFile[],
  asked: Asked,
  options: MatchOptions,
): TransferRequest {
  const { layers } = asked;
  return {
    kind: 'transfer',
    ...requestedFeatures(options),
    source: { imageId: source.imageId, layers: [...(layers?.source ?? [])] },
    targets: targets.map(({ imageId }, n) => ({
      targetId: String(n),
      frame: { imageId, layers: [...(layers?.targets[n] ?? [])] },
    })),
    items: itemsOf(asked),
    ...(layers === undefined ? {} : { withCues: true }),
    ...askedParts(options.with),
  };
}

/** Points and boxes first, then all layers of the source. */
function itemsOf({ shapes, layers }: Asked): Item[] {
  return [
    ...shapes.map(toItem),
    ...(layers?.source ?? []).map(({ layerId }) => ({ kind: 'layer' as const, itemId: layerId, layerId })),
  ];
}

function toItem(shape: Point | Box, n: number): Item {
  const itemId = `#${n + 1}`;
  return 'w' in shape ? { kind: 'box', itemId, box: shape } : { kind: 'point', itemId, point: shape };
}
