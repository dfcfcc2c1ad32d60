import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { baseLevel, levelCount, levelSize } from '../../../daemon/src/diffusion/input-size.js';
import { readUiConfig } from '../../../daemon/src/diffusion/networks/network-checkpoints.js';
import { planFeatures } from '../../../daemon/src/diffusion/plan/feature-plan.js';
import { uiUnet } from '../../../daemon/src/graph/networks/ui-unet.js';
import { surveyNetwork } from '../../../daemon/src/graph/probe/survey-network.js';
import type { Size } from '../../../daemon/src/images/resize.js';
import type { Bench, BenchResult } from '../bench.js';
import { gflops, matrixProductGflops } from '../matrix-product.js';

/** Seconds for the features of one screen. */
export interface EmbeddedTimes {
  /** Cold start: reads weights and compiles graphs. */
  nothingS: number;
  /** Another screen of the same size. */
  loadedS: number;
  /** The same screen, cached in memory and on disk. */
  memoryS: number;
  diskS: number;
  /** The network alone, at the base level. */
  networkS: number;
}

const SCREENS: readonly Size[] = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
];
const CHILD = fileURLToPath(new URL('../embedded-child.ts', import.meta.url));

/** Time for the features of a screen on the CPU. */
export const embeddedBench: Bench = { name: 'embedded', title: 'The embedded model', run: runEmbedded };

async function runEmbedded(): Promise<BenchResult> {
  const { parts } = planFeatures({ backend: 'ui' });
  const [part] = parts;
  if (part === undefined) throw new Error('a plan has at least one part');
  const config = readUiConfig(part.files);
  const looks = part.preset.size;
  const measurements = [];
  for (const screen of SCREENS) {
    const { padded } = levelSize(looks, baseLevel(looks), screen);
    const dims = [1, config.inChannels, padded.height, padded.width];
    const { macs } = surveyNetwork({ image: { dims } }, (b, { image }) => ({ features: uiUnet(b, image, config) }));
    const peak = await matrixProductGflops();
    measurements.push({ screen, padded, macs, peak, times: await measure(screen) });
  }
  const secondsOf = (value: number) => (value < 0.1 ? `${(1000 * value).toFixed(1)} ms` : `${value.toFixed(2)} s`);
  return {
    columns: [
      'screen',
      'cold start',
      'warm',
      'disk cache',
      'memory cache',
      'one level: size',
      'GFLOP',
      'time',
      'GFLOPS',
      'of a matrix product',
    ],
    rows: measurements.map(({ screen, padded, macs, peak, times }) => [
      `${screen.width}×${screen.height}`,
      ...[times.nothingS, times.loadedS, times.diskS, times.memoryS].map(secondsOf),
      `${padded.width}×${padded.height}`,
      ((2 * macs) / 1e9).toFixed(1),
      secondsOf(times.networkS),
      gflops(macs, times.networkS).toFixed(0),
      `${((100 * gflops(macs, times.networkS)) / peak).toFixed(0)} %`,
    ]),
    notes: [
      `The first four columns are times for all ${levelCount(looks)} pyramid levels of a screen. Medians of five, except the cold start. The last five columns are for one level, including image preparation. The matrix product is 4096×4096 by the same ONNX Runtime, measured just before.`,
    ],
    measurements,
  };
}

async function measure(screen: Size): Promise<EmbeddedTimes> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', CHILD, JSON.stringify(screen)]);
  return JSON.parse(stdout) as EmbeddedTimes;
}
