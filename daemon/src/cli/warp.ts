import { Command } from 'commander';
import { planFeatures } from '../diffusion/feature-plan.js';
import { createEngineHost } from '../engine/engine-host.js';
import { decodeLayer } from '../images/decode.js';
import { type FitChoice, prepareEdit } from '../transfer/warp-edit.js';
import { makeFolder } from './draw-matches.js';
import { EXIT_CODES } from './exit-codes.js';
import {
  backendOption,
  type FeatureOptions,
  keepOffDisk,
  noCacheOption,
  presetOption,
  promptOption,
} from './feature-options.js';
import { estimatorOption, transformOption } from './fit-options.js';
import { outOfMemoryOption, type ProviderOptions, providerOption } from './provider-options.js';
import { type ImageFile, identify, readBytes, readImage } from './read-image.js';
import { sayDevice } from './say-device.js';
import { type WarpReport, warpTable } from './warp-report.js';
import { writeWarped } from './write-warped.js';

interface WarpOptions extends FitChoice, FeatureOptions, ProviderOptions {
  edit: string;
  out: string;
  layerOnly?: true;
  json?: true;
}

const DETAILS = `
EDIT is a PNG or WebP of the size of SOURCE: what was drawn or changed there, transparent elsewhere. It is put where each
target shows what the source shows under it, as <target>-warped.png; with --layer-only on a transparent ground of the
target's size. A target in which that place is not found, or not surely, is refused with a reason, and nothing is written.

Exit codes: 0 every target was done; 3 some or all were refused.`;

/** `samepoint warp`: carries a raster edit of one image into others. */
export function warpCommand(): Command {
  return new Command('warp')
    .description('Carry an edit of one image into others.')
    .argument('<source>', 'the image the edit was made on, without it')
    .argument('<targets...>', 'the images to carry it into')
    .requiredOption('--edit <file>', 'the edit: a transparent image of the size of the source')
    .requiredOption('--out <dir>', 'folder to write to')
    .addOption(transformOption())
    .addOption(estimatorOption())
    .addOption(backendOption())
    .addOption(presetOption())
    .addOption(promptOption())
    .addOption(noCacheOption())
    .addOption(providerOption())
    .addOption(outOfMemoryOption())
    .option('--layer-only', 'write the warped edit alone, not over the target')
    .option('--json', 'print JSON instead of a table')
    .addHelpText('after', DETAILS)
    .action(runWarp);
}

async function runWarp(sourcePath: string, targetPaths: string[], options: WarpOptions): Promise<void> {
  // the engine checks this too, but only once it has started
  planFeatures(options);
  keepOffDisk(options);
  const source = await readImage(sourcePath);
  const edit = identify(options.edit, await readBytes(options.edit));
  // and the edit
  prepareEdit(await decodeLayer(edit.bytes, options.edit), source.image);
  const targets = await Promise.all(targetPaths.map((path) => readImage(path)));
  await makeFolder(options.out);
  const report = await warp(source, edit, targets, options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : warpTable(report));
  if (report.targets.some(({ state }) => state === 'refused')) process.exitCode = EXIT_CODES.refused;
}

async function warp(
  source: ImageFile,
  edit: ReturnType<typeof identify>,
  targets: readonly ImageFile[],
  options: WarpOptions,
): Promise<WarpReport> {
  const { backend, preset, prompt, transform, estimator, layerOnly, out } = options;
  const engine = createEngineHost(options);
  try {
    const request = {
      kind: 'warp' as const,
      backend,
      preset,
      prompt,
      source: source.imageId,
      edit: edit.imageId,
      targets: targets.map(({ imageId }, n) => ({ targetId: String(n), imageId })),
      transform,
      estimator,
      output: layerOnly ? ('layer' as const) : ('blended' as const),
    };
    const images = new Map([source, edit, ...targets].map(({ imageId, bytes }) => [imageId, bytes]));
    const { result, payload } = await engine.run({ request, images }, { onDevice: sayDevice });
    // only now is it known where the networks ran
    const device = await engine.ready();
    if (result.kind !== 'warp') throw new TypeError(`a warp answered with ${result.kind}`);
    return {
      backend: preset === undefined ? backend : `${backend} (${preset})`,
      device: `${device.provider} (${device.description})`,
      source: source.path,
      edit: edit.path,
      targets: await writeWarped(out, targets, result, payload),
    };
  } finally {
    await engine.close();
  }
}
