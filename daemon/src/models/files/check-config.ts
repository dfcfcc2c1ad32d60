import * as z from 'zod';
import { readConfig } from '../../graph/compile.js';
import { clipTextConfigSchema } from '../../graph/networks/clip-text.js';
import { sdUnetConfigSchema } from '../../graph/networks/sd-unet.js';
import { sdVaeConfigSchema } from '../../graph/networks/sd-vae-encoder.js';
import { taesdConfigSchema } from '../../graph/networks/taesd.js';
import { vitConfigSchema } from '../../graph/networks/vit-config.js';

/** The class of diffusers that TAESD is, which may stand in for the VAE. */
const TINY = 'AutoencoderTiny';
/** diffusers writes the class into its configurations, transformers does not. */
const classSchema = z.object({ _class_name: z.string().optional() });

/**
 * Checks that a JSON file describes a network that can be compiled, where its name in the catalogue says that it does.
 * @throws SamepointError `MODEL_INVALID`
 */
export function checkConfig(path: string, name: string): void {
  readConfig(path, schemaOf(path, name));
}

function schemaOf(path: string, name: string): z.ZodType {
  switch (name) {
    case 'unet/config.json':
      return sdUnetConfigSchema;
    case 'vae/config.json':
      return readConfig(path, classSchema)._class_name === TINY ? taesdConfigSchema : sdVaeConfigSchema;
    case 'text_encoder/config.json':
      return clipTextConfigSchema;
    case 'open_clip_config.json':
      return vitConfigSchema;
    case 'config.json':
      return readConfig(path, classSchema)._class_name === undefined ? vitConfigSchema : taesdConfigSchema;
    default:
      return z.unknown();
  }
}
