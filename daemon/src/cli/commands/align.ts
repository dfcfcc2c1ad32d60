import { join } from 'node:path';
import type { Command } from 'commander';
import { createEngineHost } from '../../engine/engine-host.js';
import type { FitChoice } from '../../transfer/edits/warp-edit.js';
import { EXIT_CODES } from '../exit-codes.js';
import { claimOutputs, makeOutputFolder, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { type AlignReport, alignTable } from '../format/warp-report.js';
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
import { fitOptions, withMatchingOptions } from '../options/matching-options.js';
import { forceOption } from '../options/output-options.js';
import { type ProviderOptions, withEngineOptions } from '../options/provider-options.js';
import { runJob } from '../run-job.js';

interface AlignOptions extends FitChoice, FeatureOptions, ProviderOptions {
  out: string;
  force?: true;
  json?: true;
}

const NAMES = { aligned: 'aligned.png', overlay: 'overlay.png', residual: 'residual.png' } as const;

const DETAILS = `
Writes three images of the size of TARGET to --out. aligned.png: SOURCE, warped onto TARGET, transparent elsewhere.
overlay.png: half of each, with SOURCE adjusted to the brightness and contrast of TARGET. residual.png: the remaining
difference, from black over red and yellow to white. Without --preset, the settings published for geometric matching are
used, if the backend has them.

Exit codes: 0 aligned; 3 refused, because no transform is reliable. A refused pair writes no files.`;

/** `samepoint align`: fits one transform between two images and shows the remaining differences. */
export function alignCommand(): Command {
  const command = createCommand(
    'align',
    'Align one image with another and show the remaining differences.',
    'align before.png after.png --out aligned',
  )
    .argument('<source>', 'image to align')
    .argument('<target>', 'image to align it with')
    .requiredOption('--out <dir>', 'output folder')
    .addOption(forceOption())
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runAlign);
  withMatchingOptions(command, ...fitOptions());
  return withEngineOptions(withFeatureOptions(command));
}

async function runAlign(sourcePath: string, targetPath: string, options: AlignOptions): Promise<void> {
  // the engine repeats these checks, but only after it has started
  const plan = checkedPlan(options, 'geometric');
  disableDiskCache(options);
  const { out: folder, force } = options;
  const inputs = [sourcePath, targetPath, ...filesOfPlan(plan)];
  await claimOutputs([{ folder, names: Object.values(NAMES), option: '--out' }], { inputs, force });
  const [source, target] = [await readImage(sourcePath), await readImage(targetPath)];
  const report = await align(source, target, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : alignTable(report));
  if (report.state === 'refused') process.exitCode = EXIT_CODES.refused;
}

async function align(source: ImageFile, target: ImageFile, options: AlignOptions): Promise<AlignReport> {
  const { transform, estimator, out } = options;
  const engine = createEngineHost(options);
  try {
    const ids = { source: source.imageId, target: target.imageId };
    const request = { kind: 'align' as const, ...requestedFeatures(options), ...ids, transform, estimator };
    const images = new Map([source, target].map(({ imageId, bytes }) => [imageId, bytes]));
    const features = featureChoice(options);
    const { result, payload = new Uint8Array() } = await runJob(
      engine,
      { request, images, features },
      { work: 'Aligning', images: 1 },
    );
    // the device is known only after the run
    const device = await engine.ready();
    if (result.kind !== 'align') throw new TypeError(`unexpected result of kind ${result.kind}`);
    const { outcome } = result;
    const common = {
      backend: describeFeatures(options),
      device: `${device.provider} (${device.description})`,
      source: source.path,
      target: target.path,
    };
    if (outcome.state === 'refused') return { ...common, ...outcome };
    const { state, fit, coverage, difference, alignedPngBytes, overlayPngBytes, residualPngBytes } = outcome;
    const files = await writeImages(out, payload, {
      [NAMES.aligned]: alignedPngBytes,
      [NAMES.overlay]: overlayPngBytes,
      [NAMES.residual]: residualPngBytes,
    });
    return { ...common, state, ...fit, coverage, difference, files };
  } finally {
    await engine.close();
  }
}

/** @param lengths bytes of each image in the payload, by file name, in order */
async function writeImages(
  folder: string,
  payload: Uint8Array,
  lengths: Readonly<Record<string, number>>,
): Promise<string[]> {
  makeOutputFolder(folder);
  const files: string[] = [];
  let start = 0;
  for (const [name, length] of Object.entries(lengths)) {
    const file = join(folder, name);
    await writeOutputFile(file, payload.subarray(start, start + length));
    files.push(file);
    start += length;
  }
  return files;
}
