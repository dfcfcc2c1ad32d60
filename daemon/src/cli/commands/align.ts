import { join } from 'node:path';
import { Command } from 'commander';
import { createEngineHost } from '../../engine/engine-host.js';
import type { FitChoice } from '../../transfer/edits/warp-edit.js';
import { EXIT_CODES } from '../exit-codes.js';
import { checkOutputFolder, makeOutputFolder, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { type AlignReport, alignTable } from '../format/warp-report.js';
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

interface AlignOptions extends FitChoice, FeatureOptions, ProviderOptions {
  out: string;
  json?: true;
}

const DETAILS = `
Written to --out, all of the size of TARGET: aligned.png is SOURCE as it lies on TARGET, transparent where it has nothing;
overlay.png is half of each, SOURCE with the brightness and contrast of TARGET; residual.png is where they still differ,
black to red to yellow to white. Without --preset, a backend is used with the settings published for geometry if it has some.

Exit codes: 0 aligned; 3 refused, since the images do not show the same or not surely. Then nothing is written.`;

/** `samepoint align`: one transform between two images, and where they differ. */
export function alignCommand(): Command {
  const command = new Command('align')
    .description('Lay one image over another and show where they differ.')
    .argument('<source>', 'the image to lay over')
    .argument('<target>', 'the image that stays')
    .requiredOption('--out <dir>', 'folder to write to')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runAlign);
  return withFitOptions(command);
}

async function runAlign(sourcePath: string, targetPath: string, options: AlignOptions): Promise<void> {
  // the engine checks this too, but only once it has started
  checkedPlan(options, 'geometric');
  disableDiskCache(options);
  await checkOutputFolder(options.out, '--out');
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
    const { result, payload = new Uint8Array() } = await engine.run(
      { request, images, features },
      { onDevice: logDevice },
    );
    // only now is it known where the networks ran
    const device = await engine.ready();
    if (result.kind !== 'align') throw new TypeError(`an alignment answered with ${result.kind}`);
    const { outcome } = result;
    const about = {
      backend: describeFeatures(options),
      device: `${device.provider} (${device.description})`,
      source: source.path,
      target: target.path,
    };
    if (outcome.state === 'refused') return { ...about, ...outcome };
    const { state, fit, coverage, difference, alignedPngBytes, overlayPngBytes, residualPngBytes } = outcome;
    const files = await writePictures(out, payload, {
      'aligned.png': alignedPngBytes,
      'overlay.png': overlayPngBytes,
      'residual.png': residualPngBytes,
    });
    return { ...about, state, ...fit, coverage, difference, files };
  } finally {
    await engine.close();
  }
}

/** @param lengths of the pictures in the payload, in their order, by file name */
async function writePictures(
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
