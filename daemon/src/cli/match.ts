import { type Box, type Item, type Placement, type Point, SamepointError } from '@samepoint/shared-protocol';
import { Command } from 'commander';
import { isCalibrated } from '../correspond/match-settings.js';
import { planFeatures } from '../diffusion/feature-plan.js';
import { createEngineHost } from '../engine/engine-host.js';
import { prepareItems } from '../transfer/transfer.js';
import { drawMatches, makeFolder } from './draw-matches.js';
import {
  backendOption,
  type FeatureOptions,
  keepOffDisk,
  noCacheOption,
  presetOption,
  promptOption,
} from './feature-options.js';
import type { MatchedItem, MatchReport } from './match-report.js';
import { matchTable } from './match-table.js';
import { parseBoxes, parsePoints } from './parse-shapes.js';
import { outOfMemoryOption, type ProviderOptions, providerOption } from './provider-options.js';
import { type ImageFile, readImage } from './read-image.js';
import { sayDevice } from './say-device.js';

interface MatchOptions extends FeatureOptions, ProviderOptions {
  points?: string;
  boxes?: string;
  json?: true;
  out?: string;
}

const DETAILS = `
Points and boxes are in pixels of SOURCE, from its top left corner. Images are PNG, JPEG or WebP.
Confidence is the estimated probability that a match is right: that of a box is made of the share of its points, each with
its own confidence, that agree on one place.`;

/** `samepoint match`: where are these points or boxes in the other images? */
export function matchCommand(): Command {
  return new Command('match')
    .description('Find points or boxes of one image in others.')
    .argument('<source>', 'the image the points or boxes belong to')
    .argument('<targets...>', 'the images to find them in')
    .option('--points <list>', 'points to find, "x,y x,y …"')
    .option('--boxes <list>', 'boxes to find, "x,y,w,h x,y,w,h …"')
    .addOption(backendOption())
    .addOption(presetOption())
    .addOption(promptOption())
    .addOption(noCacheOption())
    .addOption(providerOption())
    .addOption(outOfMemoryOption())
    .option('--json', 'print JSON instead of a table')
    .option('--out <dir>', 'also write a picture of each pair with the matches drawn')
    .addHelpText('after', DETAILS)
    .action(runMatch);
}

async function runMatch(sourcePath: string, targetPaths: string[], options: MatchOptions): Promise<void> {
  const shapes = parseShapes(options);
  // the engine checks this too, but only once it has started
  const plan = planFeatures(options);
  keepOffDisk(options);
  const source = await readImage(sourcePath);
  // and positions
  prepareItems(shapes.map(toItem), [], source.image);
  const targets = await Promise.all(targetPaths.map((path) => readImage(path)));
  if (options.out !== undefined) await makeFolder(options.out);
  const report = await match(source, targets, shapes, options, isCalibrated(plan.parts.map(({ preset }) => preset)));
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : matchTable(report));
  if (options.out !== undefined) {
    const written = await drawMatches(options.out, source, targets, report);
    process.stderr.write(`Pictures: ${written.join(', ')}\n`);
  }
}

function parseShapes({ points, boxes }: MatchOptions): (Point | Box)[] {
  const shapes = [
    ...(points === undefined ? [] : parsePoints(points)),
    ...(boxes === undefined ? [] : parseBoxes(boxes)),
  ];
  if (shapes.length > 0) return shapes;
  throw new SamepointError(
    'BAD_REQUEST',
    'Nothing to match was given.',
    'Add --points "x,y x,y …" or --boxes "x,y,w,h …".',
  );
}

async function match(
  source: ImageFile,
  targets: readonly ImageFile[],
  shapes: readonly (Point | Box)[],
  options: FeatureOptions & ProviderOptions,
  calibrated: boolean,
): Promise<MatchReport> {
  const { backend, preset, prompt } = options;
  const engine = createEngineHost(options);
  try {
    const request = {
      kind: 'transfer' as const,
      backend,
      preset,
      prompt,
      source: { imageId: source.imageId, layers: [] },
      targets: targets.map(({ imageId }, n) => ({ targetId: String(n), frame: { imageId, layers: [] } })),
      items: shapes.map(toItem),
    };
    const images = new Map([source, ...targets].map(({ imageId, bytes }) => [imageId, bytes]));
    const { result } = await engine.run({ request, images }, { onDevice: sayDevice });
    // only now is it known where the networks ran
    const device = await engine.ready();
    if (result.kind !== 'transfer') throw new TypeError(`a transfer answered with ${result.kind}`);
    return {
      backend: preset === undefined ? backend : `${backend} (${preset})`,
      calibrated,
      device: `${device.provider} (${device.description})`,
      source: source.path,
      targets: result.targets.map(({ placements }, n) => ({
        image: targets[n]?.path ?? '',
        items: placements.map((placement, k) => toMatchedItem(shapes[k], placement)),
      })),
    };
  } finally {
    await engine.close();
  }
}

function toItem(shape: Point | Box, n: number): Item {
  const itemId = `#${n + 1}`;
  return 'w' in shape ? { kind: 'box', itemId, box: shape } : { kind: 'point', itemId, point: shape };
}

function toMatchedItem(source: Point | Box | undefined, placement: Placement): MatchedItem {
  if (source === undefined || (placement.kind !== 'point' && placement.kind !== 'box')) {
    throw new TypeError(`an answer of kind ${placement.kind} was not asked for`);
  }
  const target = placement.kind === 'point' ? placement.point : placement.box;
  return { source, target, confidence: placement.confidence };
}
