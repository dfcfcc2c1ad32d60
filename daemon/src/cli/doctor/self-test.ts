import { fileURLToPath } from 'node:url';
import { filesOf } from '../../diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../diffusion/networks/ui-network.js';
import { type NdArray, runOnce } from '../../graph/runtime/run.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import { EMBEDDED_MODEL_FOLDER } from '../../models/catalogue.js';
import { readNpy } from '../files/npy.js';

/** Expected features, written by `scripts/make-self-test.mjs`. */
export const SELF_TEST_FEATURES = fileURLToPath(new URL('../../../models/self-test/features.npy', import.meta.url));

const SIZE = { width: 64, height: 32 };

/**
 * Runs the embedded network once on a test image.
 * @returns (1, channels, rows, columns)
 */
export async function selfTestFeatures(runtime: Runtime): Promise<NdArray> {
  const image = { dims: [1, 3, SIZE.height, SIZE.width], data: drawImage() };
  const { features } = await runOnce(
    runtime,
    (target) => compileUiNetwork(filesOf(EMBEDDED_MODEL_FOLDER), SIZE, target),
    {
      image,
    },
  );
  if (features === undefined) throw new Error('the network returns no features');
  return features;
}

/** Relative error ‖actual − expected‖ / ‖expected‖ of the embedded network on this computer. */
export async function selfTestError(runtime: Runtime): Promise<number> {
  const expected = await readNpy(SELF_TEST_FEATURES);
  const actual = await selfTestFeatures(runtime);
  if (actual.dims.join() !== expected.dims.join()) return Number.POSITIVE_INFINITY;
  const norm = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(actual.data.map((value, i) => value - (expected.data[i] ?? 0))) / norm(expected.data);
}

/** A card with a button on a gradient, as planes in [−1, 1]. Multiples of 1/16 are exact on every machine. */
function drawImage(): Float32Array {
  const { width, height } = SIZE;
  const isWithin = (x: number, y: number, [left, top, right, bottom]: readonly number[]) =>
    x >= (left ?? 0) && x < (right ?? 0) && y >= (top ?? 0) && y < (bottom ?? 0);
  return Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const [x, y, channel] = [i % width, Math.floor(i / width) % height, Math.floor(i / (width * height))];
    if (isWithin(x, y, [26, 18, 40, 24])) return [-0.75, 0.25, 0.875][channel] ?? 0;
    if (isWithin(x, y, [6, 5, 42, 27])) return 0.9375;
    return Math.floor(x / 3) / 16 - 0.5 + channel / 16;
  });
}
