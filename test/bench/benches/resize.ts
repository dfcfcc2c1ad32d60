import sharp from 'sharp';
import { type Resampling, resizeRgb, type Size } from '../../../daemon/src/images/resize.js';
import { seededRandom } from '../../../daemon/test/support/random.js';
import { type Bench, type BenchOptions, type BenchResult, median } from '../bench.js';

const CASES: readonly { from: Size; to: Size }[] = [
  { from: { width: 1440, height: 900 }, to: { width: 768, height: 480 } },
  { from: { width: 4000, height: 3000 }, to: { width: 768, height: 576 } },
  { from: { width: 500, height: 375 }, to: { width: 768, height: 768 } },
];
const RESAMPLINGS: readonly Resampling[] = ['lanczos', 'pil-bicubic', 'opencv-bilinear'];
const WARM_UPS = 2;

/** Cost of exact resampling, against sharp's. */
export const resizeBench: Bench = { name: 'resize', title: 'Resizing an image', run: runResize };

async function runResize({ rounds, log }: BenchOptions): Promise<BenchResult> {
  const measurements: { from: Size; to: Size; ms: number[] }[] = [];
  for (const { from, to } of CASES) {
    const rgb = randomPixels(from);
    const bySharp = () =>
      sharp(rgb, { raw: { ...from, channels: 3 } })
        .resize(to.width, to.height, { fit: 'fill' })
        .raw()
        .toBuffer();
    const ways = [bySharp, ...RESAMPLINGS.map((resampling) => async () => resizeRgb({ ...from, rgb }, to, resampling))];
    const ms: number[] = [];
    for (const way of ways) ms.push(await processorMs(way, rounds));
    measurements.push({ from, to, ms });
    log(`${sizeText(from)} ${ms.map((value) => value.toFixed(0)).join(' ')}`);
  }
  return {
    columns: ['from', 'to', "sharp's Lanczos", ...RESAMPLINGS.map((resampling) => `\`${resampling}\``)],
    rows: measurements.map(({ from, to, ms }) => [
      sizeText(from),
      sizeText(to),
      ...ms.map((value) => `${value.toFixed(0)} ms`),
    ]),
    notes: ['Processor time on all cores, median of the rounds, on random pixels.'],
    measurements,
  };
}

async function processorMs(act: () => Promise<unknown>, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let n = -WARM_UPS; n < rounds; n++) {
    const start = process.cpuUsage();
    await act();
    const { user, system } = process.cpuUsage(start);
    if (n >= 0) times.push((user + system) / 1000);
  }
  return median(times);
}

function randomPixels({ width, height }: Size): Uint8Array {
  const random = seededRandom(1);
  return Uint8Array.from({ length: 3 * width * height }, () => 256 * random());
}

function sizeText({ width, height }: Size): string {
  return `${width}×${height}`;
}
