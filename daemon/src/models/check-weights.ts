import type { Checkpoint } from '../graph/checkpoint.js';
import { isWeightType } from '../graph/onnx/graph-builder.js';
import { readPytorchZip } from '../graph/pytorch-zip.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { CatalogueFile } from './catalogue.js';
import { checkConfig } from './check-config.js';
import { damaged } from './failures.js';

/**
 * Checks that a file is what the catalogue says, as far as its header tells: format, the tensor that gives it away,
 * and element types; of a configuration, that it describes a network. Never reads the weights, and of a pickle nothing
 * is executed.
 * @throws SamepointError `MODEL_INVALID`
 */
export async function checkWeights(path: string, file: CatalogueFile): Promise<void> {
  if (file.name.endsWith('.json')) checkConfig(path, file.name);
  const checkpoint = await readCheckpoint(path, file);
  if (checkpoint === undefined || file.proof === undefined) return;
  const proofs = [file.proof].flat();
  const isProof = (name: string) => proofs.some((proof) => name === proof || name.endsWith(`.${proof}`));
  const [, tensor] = [...checkpoint.tensors].find(([name]) => isProof(name)) ?? [];
  if (tensor === undefined) throw damaged(path, `it has no tensor "${proofs[0]}", so it is not ${file.name}`);
  if (!isWeightType(tensor.dtype)) {
    throw damaged(path, `its weights are ${tensor.dtype}; only F32, F16 and BF16 can be used`);
  }
}

async function readCheckpoint(path: string, { name }: CatalogueFile): Promise<Checkpoint | undefined> {
  if (name.endsWith('.safetensors')) return readSafetensorsHeader(path);
  return name.endsWith('.pt') ? readPytorchZip(path) : undefined;
}
