import { fileURLToPath } from 'node:url';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { filesOf } from '../../src/diffusion/model-files.js';
import { compileUiNetwork } from '../../src/diffusion/ui-network.js';
import { readTensor, relativeError } from '../support/read-tensor.js';

const MODEL = fileURLToPath(new URL('../../models/ui', import.meta.url));
const REFERENCE = fileURLToPath(new URL('../fixtures/ui/parity.safetensors', import.meta.url));

describe('the compiled embedded network equals the original', () => {
  it.each(['96x160', '160x96', '128x128'])('at %s (height×width), to a relative error under 1e-4', async (size) => {
    const image = readTensor(REFERENCE, `input_${size}`);
    const expected = readTensor(REFERENCE, `features_${size}`);
    const [, , height = 0, width = 0] = image.dims;
    const network = compileUiNetwork(filesOf(MODEL), { width, height });
    const session = await InferenceSession.create(network.model, {
      extra: { session: { model_external_initializers_file_folder_path: network.weightsFolder } },
    });
    const { features } = await session.run({ image: new Tensor('float32', image.data, image.dims) });

    expect(network.outputs[0]?.dims).toEqual(expected.dims);
    expect(features?.dims).toEqual(expected.dims);
    expect(relativeError(features?.data as Float32Array, expected.data)).toBeLessThan(1e-4);
  });
});
