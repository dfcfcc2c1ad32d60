import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect } from 'vitest';
import { filesOf } from '../../src/diffusion/networks/model-files.js';
import { compileUiNetwork } from '../../src/diffusion/networks/ui-network.js';
import { readTensor, relativeError } from './read-tensor.js';

/** Height × width of the inputs that `training/write_parity.py` writes. */
export const PARITY_SIZES = ['96x160', '160x96', '128x128'];

/** Compiles the model in a folder and expects of it the features that the original gave for the input of that size. */
export async function expectUiParity(model: string, reference: string, size: string): Promise<void> {
  const image = readTensor(reference, `input_${size}`);
  const expected = readTensor(reference, `features_${size}`);
  const [, , height = 0, width = 0] = image.dims;
  const network = compileUiNetwork(filesOf(model), { width, height });
  const session = await InferenceSession.create(network.model, {
    extra: { session: { model_external_initializers_file_folder_path: network.weightsFolder } },
  });
  const { features } = await session.run({ image: new Tensor('float32', image.data, image.dims) });

  expect(network.outputs[0]?.dims).toEqual(expected.dims);
  expect(features?.dims).toEqual(expected.dims);
  expect(relativeError(features?.data as Float32Array, expected.data)).toBeLessThan(1e-4);
}
