import { join } from 'node:path';
import { readNpy } from '../../../daemon/src/cli/files/npy.js';
import { relativeError } from '../../../daemon/test/support/run-network.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';
import { median } from '../bench.js';
import { inputFile, sd21Request } from '../full-size-cases.js';
import { CHECKPOINTS } from '../full-size-networks.js';
import { type FeaturesRequest, type Measurement, measureOriginal, measureSamepoint } from '../run-child.js';

/** Ensemble size and image size for comparing the features. */
const COMPARED = { members: 2, sizePx: 512, latentDims: [4, 64, 64] };
/** Above this, the networks differ and times are not comparable. */
const MAX_RELATIVE_ERROR = 1e-3;

/** Samepoint against the published method in PyTorch, with the same weights. */
export const originalBench: Bench = {
  name: 'original',
  title: 'Against the original',
  run: runOriginal,
};

async function runOriginal(options: BenchOptions): Promise<BenchResult> {
  const { python, sizesPx, ensembles, log } = options;
  if (python === undefined) throw new Error('Specify a Python with PyTorch and diffusers: --python PATH.');
  const error = await compareOutputs(python);
  log(`relative error ${error.toExponential(1)}`);
  if (error > MAX_RELATIVE_ERROR)
    throw new Error(`the features differ by ${error}, so these are not the same networks`);
  const rows: string[][] = [];
  const measurements: unknown[] = [];
  for (const sizePx of sizesPx) {
    for (const ensembleSize of ensembles) {
      const request = { ...(await sd21Request(sizePx)), ensembleSize };
      const sides = await measureInTurn(request, python, options);
      measurements.push({ sizePx, ensembleSize, ...sides });
      rows.push(row(sizePx, ensembleSize, sides));
      log(rows.at(-1)?.join('  ') ?? '');
    }
  }
  return {
    columns: [
      'image',
      'ensemble',
      'warm: original',
      'Samepoint',
      'speedup',
      'cold start: original',
      'Samepoint',
      'speedup',
      'peak memory: original',
      'Samepoint',
      'ratio',
    ],
    rows,
    notes: [
      `Stable Diffusion 2.1 with the same random weights, up block 1, float32 on all cores. With the same noise and the mean of the latent, the features differ by ${error.toExponential(1)} (‖a − b‖/‖b‖ at ${COMPARED.sizePx} px).`,
      'The original encodes the image once for each member of the ensemble and runs the U-Net on all of them at once (`test/bench/original.py`). Each figure is the median of rounds that alternate between the two, each in its own process.',
    ],
    measurements: { relativeError: error, measurements },
  };
}

/** Relative error of the features, without random draws. */
async function compareOutputs(python: string): Promise<number> {
  const { members, sizePx, latentDims } = COMPARED;
  const request: FeaturesRequest = {
    ...(await sd21Request(sizePx)),
    ensembleSize: members,
    noise: await inputFile('noise', [members, ...latentDims]),
    latentMode: 'mean',
    runs: 1,
  };
  const ours = join(CHECKPOINTS, 'samepoint.npy');
  const theirs = join(CHECKPOINTS, 'original.npy');
  await measureSamepoint({ ...request, out: ours });
  await measureOriginal({ ...request, out: theirs }, python);
  return relativeError((await readNpy(ours)).data, (await readNpy(theirs)).data);
}

interface Sides {
  original: Measurement[];
  samepoint: Measurement[];
}

async function measureInTurn(request: FeaturesRequest, python: string, options: BenchOptions): Promise<Sides> {
  const sides: Sides = { original: [], samepoint: [] };
  for (let round = 0; round < options.rounds; round++) {
    sides.original.push(await measureOriginal({ ...request, latentMode: 'sample' }, python));
    sides.samepoint.push(await measureSamepoint(request));
  }
  return sides;
}

function row(sizePx: number, ensembleSize: number, { original, samepoint }: Sides): string[] {
  const loaded = (side: readonly Measurement[]) => median(side.map(({ runS }) => runS.at(-1) ?? Number.NaN));
  const fromNothing = (side: readonly Measurement[]) =>
    median(side.map(({ loadS, runS }) => loadS + (runS[0] ?? Number.NaN)));
  const peak = (side: readonly Measurement[]) => Math.max(...side.map(({ peakGb }) => peakGb));
  const times = (figure: typeof loaded) => {
    const [theirs, ours] = [figure(original), figure(samepoint)];
    return [`${theirs.toFixed(1)} s`, `${ours.toFixed(1)} s`, `**${(theirs / ours).toFixed(2)}**`];
  };
  const [theirs, ours] = [peak(original), peak(samepoint)];
  return [
    `${sizePx}×${sizePx}`,
    String(ensembleSize),
    ...times(loaded),
    ...times(fromNothing),
    `${theirs.toFixed(1)} GB`,
    `${ours.toFixed(1)} GB`,
    `**${((100 * ours) / theirs).toFixed(0)} %**`,
  ];
}
