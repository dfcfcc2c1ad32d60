import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { uiUnet, uiUnetConfigSchema } from './networks/ui-unet.js';
import { GraphBuilder } from './onnx/graph-builder.js';
import { readSafetensorsHeader } from './safetensors.js';

/** A graph that computes one feature map and nothing else, for images of exactly one size. */
export interface CompiledNetwork {
  /** ModelProto bytes; the weights stay in `weightsFolder`. */
  model: Uint8Array;
  weightsFolder: string;
  /** Name and NCHW shape of the image input. */
  input: { name: string; dims: readonly number[] };
  /** Name and shape (1, channels, height/stride, width/stride) of the feature map. */
  output: { name: string; dims: readonly number[] };
}

/**
 * Compiles the checkpoint in `folder` (`config.json` and `model.safetensors`) for one image size in pixels.
 * Takes milliseconds: only the header of the weights is read.
 * @throws SamepointError `MODEL_INVALID`
 */
export function compileUiNetwork(folder: string, size: { width: number; height: number }): CompiledNetwork {
  const config = readUiConfig(folder);
  if (size.width % config.sizeMultiple !== 0 || size.height % config.sizeMultiple !== 0) {
    throw new RangeError(`${size.width}×${size.height} is not a multiple of ${config.sizeMultiple}`);
  }
  const checkpoint = readSafetensorsHeader(join(folder, 'model.safetensors'));
  const b = new GraphBuilder(checkpoint);
  const x = b.input('image', [1, config.inChannels, size.height, size.width]);
  const features = uiUnet(b, x, config);
  b.output('features', features);
  return {
    model: b.toModel(),
    weightsFolder: checkpoint.folder,
    input: { name: 'image', dims: x.dims.map(Number) },
    output: { name: 'features', dims: features.dims.map(Number) },
  };
}

/** @throws SamepointError `MODEL_INVALID` */
export function readUiConfig(folder: string) {
  const path = join(folder, 'config.json');
  try {
    return uiUnetConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
    throw new SamepointError('MODEL_INVALID', `${path} cannot be used: ${reason}`, 'Reinstall Samepoint.');
  }
}
