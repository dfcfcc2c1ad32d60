import { type InspectResult, LIMITS, type Point, SamepointError } from '@samepoint/shared-protocol';
import { type Command, InvalidArgumentError } from 'commander';
import { isCalibrated } from '../../correspond/match-settings.js';
import { createEngineHost } from '../../engine/engine-host.js';
import { prepareItems } from '../../transfer/place-items.js';
import { drawHeatmap, imageFormatOf } from '../files/draw-heatmap.js';
import { writeNpy } from '../files/npy.js';
import { claimOutputs, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { inspectTable } from '../format/match-report.js';
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
} from '../options/matching-options.js';
import { forceOption } from '../options/output-options.js';
import { parsePoints } from '../options/parse-values.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';
import { runJob } from '../run-job.js';

interface InspectOptions extends FeatureOptions, ProviderOptions, Pick<StageOptions, 'without'> {
  point: Point;
  top: number;
  out?: string;
  map?: string;
  force?: true;
  json?: true;
}

const DEFAULT_TOP = 5;

const DETAILS = `
The point is in pixels of SOURCE, from its top left corner. Candidates are sorted by confidence, the estimated probability
that a candidate is correct. Similarity is the cosine of the two descriptors at the pyramid levels of the best candidate.`;

/** `samepoint inspect`: candidates for a point, and the similarity of the whole target. */
export function inspectCommand(): Command {
  const command = createCommand(
    'inspect',
    'Show candidates for a point of one image in another, and a heatmap of similarity.',
    'inspect home.png dark.png --point 120,80 --out heat.png',
  )
    .argument('<source>', 'image with the point')
    .argument('<target>', 'image to search')
    .requiredOption('--point <x,y>', 'point to match', parsePoint)
    .option('--top <k>', 'number of candidates to list', parseTop, DEFAULT_TOP)
    .option('--out <file>', 'also draw the heatmap and the candidates over the target, as .png, .jpg or .webp')
    .option('--map <file>', 'also write the similarities (rows, columns) as a NumPy array, quantised to 256 steps')
    .addOption(forceOption())
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runInspect);
  withMatchingOptions(command, withoutStageOption());
  return withEngineOptions(withFeatureOptions(command));
}

async function runInspect(sourcePath: string, targetPath: string, options: InspectOptions): Promise<void> {
  const { point, out, map, json, force } = options;
  // the engine repeats these checks, but only after it has started
  const plan = checkedPlan(options);
  const calibrated = isCalibrated(plan.parts.map(({ preset }) => preset));
  const output = out === undefined ? undefined : { path: out, format: imageFormatOf(out) };
  const outputs = [
    ...(out === undefined ? [] : [{ file: out, option: '--out' }]),
    ...(map === undefined ? [] : [{ file: map, option: '--map' }]),
  ];
  await claimOutputs(outputs, { inputs: [sourcePath, targetPath, ...filesOfPlan(plan)], force });
  disableDiskCache(options);
  const source = await readImage(sourcePath);
  prepareItems([{ kind: 'point', itemId: 'point', point }], [], source.image);
  const target = await readImage(targetPath);
  const { matches, heatmap, cells } = await inspect(source, target, options);
  const backend = describeFeatures(options);
  const report = { backend, calibrated, source: sourcePath, target: targetPath, point, matches };
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : inspectTable(report));
  if (output !== undefined)
    await writeOutputFile(output.path, await drawHeatmap(target.image, { ...heatmap, cells }, matches, output.format));
  if (map !== undefined) await writeNpy(map, similarities(heatmap, cells), '--map');
}

type Inspected = Omit<InspectResult, 'kind'> & { cells: Uint8Array };

async function inspect(source: ImageFile, target: ImageFile, options: InspectOptions): Promise<Inspected> {
  const { point, top } = options;
  const engine = createEngineHost(options);
  try {
    const request = {
      kind: 'inspect' as const,
      ...requestedFeatures(options),
      source: source.imageId,
      target: target.imageId,
      point,
      matches: top,
      ...requestedStages(options),
    };
    const images = new Map([source, target].map(({ imageId, bytes }) => [imageId, bytes]));
    const { result, payload } = await runJob(
      engine,
      { request, images, features: featureChoice(options) },
      { work: 'Matching', images: 1 },
    );
    if (result.kind !== 'inspect' || payload === undefined)
      throw new TypeError(`unexpected result of kind ${result.kind}`);
    return { ...result, cells: payload };
  } finally {
    await engine.close();
  }
}

function similarities({ width, height, lowest, highest }: InspectResult['heatmap'], cells: Uint8Array) {
  return {
    dims: [height, width],
    data: Float32Array.from(cells, (byte) => lowest + ((highest - lowest) * byte) / 255),
  };
}

function parsePoint(text: string): Point {
  const [point, ...others] = parsePoints(text);
  if (point !== undefined && others.length === 0) return point;
  throw new SamepointError('BAD_REQUEST', `"${text}" is not a single point.`, 'Example: --point 120,80');
}

function parseTop(text: string): number {
  const top = Number(text);
  if (Number.isInteger(top) && top >= 1 && top <= LIMITS.matchesPerInspect) return top;
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${LIMITS.matchesPerInspect}.`);
}
