import { compile } from '../../graph/compile.js';
import { vit } from '../../graph/networks/vit.js';
import { facebookView, type VitCheckpoint, vitCheckpoint } from '../../graph/networks/vit-config.js';
import { openWeights } from '../../graph/weights/weights.js';

/**
 * Whether a configuration is that of the vision transformer whose weights these are: every tensor that it asks for is there
 * in the shape it should have, and no further block. False for weights that need none (those of facebookresearch), and for
 * files that cannot be used.
 */
export function isConfigOf(config: string, weights: string): boolean {
  try {
    const opened = openWeights(weights);
    return facebookView(opened) === undefined && fits(vitCheckpoint(opened, config));
  } catch {
    return false;
  }
}

/** @throws SamepointError `MODEL_INVALID` where a tensor is missing or has another shape */
function fits({ checkpoint, config }: VitCheckpoint): boolean {
  const { layers, names, patchSize } = config;
  const dims = [1, 3, patchSize, patchSize];
  compile(checkpoint, { pixels: { dims } }, (b, { pixels }) => ({
    map: vit(b, pixels, config, { layer: layers - 1 }),
  }));
  return !checkpoint.tensors.has(names.block(layers).norm1.weight);
}
