import { join } from 'node:path';
import { type CompiledNetwork, compile, readConfig } from '../graph/compile.js';
import { uiUnet, uiUnetConfigSchema } from '../graph/networks/ui-unet.js';
import type { GraphTarget } from '../graph/runtime.js';
import { readSafetensorsHeader } from '../graph/safetensors.js';
import type { Size } from '../images/resize.js';

/** Parameters of the embedded network. */
export const UI_WEIGHTS = 7_000_000;

/**
 * The embedded network in `folder` (`config.json`, `model.safetensors`): input `image`, output `features`.
 * @param size in pixels, multiples of the config's `sizeMultiple`
 * @throws SamepointError `MODEL_INVALID`
 */
export function compileUiNetwork(folder: string, { width, height }: Size, target?: GraphTarget): CompiledNetwork {
  const config = readConfig(join(folder, 'config.json'), uiUnetConfigSchema);
  if (width % config.sizeMultiple !== 0 || height % config.sizeMultiple !== 0) {
    throw new RangeError(`${width}×${height} is not a multiple of ${config.sizeMultiple}`);
  }
  const checkpoint = readSafetensorsHeader(join(folder, 'model.safetensors'));
  const image = { dims: [1, config.inChannels, height, width] };
  return compile(checkpoint, { image }, (b, inputs) => ({ features: uiUnet(b, inputs.image, config) }), target);
}
