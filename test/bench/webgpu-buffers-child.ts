// Measures peak memory of the embedded network on WebGPU in a child process: arguments cache mode and side, output JSON.

import { peakMemoryBytes } from '../../daemon/src/cli/host-info.js';
import { filesOf } from '../../daemon/src/diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../daemon/src/diffusion/networks/ui-network.js';
import { ort } from '../../daemon/src/graph/runtime/session.js';
import { EMBEDDED_MODEL_FOLDER } from '../../daemon/src/models/catalogue.js';
import type { BufferMeasurement } from './benches/webgpu-buffers.js';

const RUNS = 2;
const mode = process.argv[2] === 'bucket' ? 'bucket' : 'simple';
const side = Number(process.argv[3]);
const { model, weightsFolder } = compileUiNetwork(
  filesOf(EMBEDDED_MODEL_FOLDER),
  { width: side, height: side },
  { provider: 'webgpu', precision: 'float32' },
);
const session = await ort.InferenceSession.create(model, {
  executionProviders: [{ name: 'webgpu', storageBufferCacheMode: mode }],
  extra: { session: { model_external_initializers_file_folder_path: weightsFolder } },
});
const image = new ort.Tensor('float32', new Float32Array(3 * side * side), [1, 3, side, side]);
const runS: number[] = [];
for (let run = 0; run < RUNS; run++) {
  const begin = performance.now();
  await session.run({ image });
  runS.push((performance.now() - begin) / 1000);
}
process.stdout.write(JSON.stringify({ runS, peakGb: peakMemoryBytes() / 1e9 } satisfies BufferMeasurement));
