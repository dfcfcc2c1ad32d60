import { isWeightType } from '../../graph/onnx/graph-builder.js';
import { networkKind } from '../../graph/weights/network-kind.js';
import { openWeights } from '../../graph/weights/weights.js';
import type { CatalogueFile } from '../catalogue.js';
import { damaged } from '../download/failures.js';
import { checkConfig } from './check-config.js';

/**
 * Checks that a file is what the catalogue says, as far as its header tells: format, the tensor that gives it away,
 * and element types; of a configuration, that it describes a network. Never reads the weights, and of a pickle nothing
 * is executed.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkWeights(path: string, file: CatalogueFile): void {
  if (file.name.endsWith('.json')) checkConfig(path, file.name);
  if (file.proof === undefined) return;
  const checkpoint = openWeights(path);
  const proofs = [file.proof].flat();
  const isProof = (name: string) => proofs.some((proof) => name === proof || name.endsWith(`.${proof}`));
  const [, tensor] = [...checkpoint.tensors].find(([name]) => isProof(name)) ?? [];
  if (tensor === undefined) {
    const kind = networkKind(checkpoint);
    const found = kind === undefined ? '' : `; it is ${kind.name}`;
    throw damaged(path, `it has no tensor "${proofs[0]}", so it is not ${file.name}${found}`);
  }
  if (!isWeightType(tensor.dtype)) {
    throw damaged(path, `its weights are ${tensor.dtype}; only F32, F16 and BF16 can be used`);
  }
}
