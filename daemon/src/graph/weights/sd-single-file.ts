import type { Checkpoint } from './checkpoint.js';
import { under } from './checkpoint-view.js';
import { isLdm, type LdmText, ldmText, ldmUnet, ldmVae } from './ldm-view.js';

/** The parts of Stable Diffusion that one file holds, by the names of diffusers and transformers. */
export interface SdParts {
  unet: Checkpoint;
  vae?: Checkpoint;
  text?: LdmText;
}

/** Tensors by whose names the parts of a single file are found. */
const PROOFS = { unet: 'time_embedding.linear_1.weight', vae: 'encoder.down_blocks.0.resnets.0.conv1.weight' };
/** CleanDIFT's full checkpoint holds the network it was made from, its own, and the time it learned. */
const CLEANDIFT_UNET = 'unet_feature_extractor_cleandift.';

/** Whether a file holds a U-Net among other parts: one in the original layout, or CleanDIFT's full checkpoint. */
export function hasSdParts(file: Checkpoint): boolean {
  return isLdm(file) || (unetPrefix(file) ?? '') !== '';
}

/** Of a file without a U-Net, the part that should be one is the whole. */
export function sdPartsOf(file: Checkpoint): SdParts {
  if (!isLdm(file)) {
    const vae = prefixOf(file, PROOFS.vae);
    return { unet: under(file, unetPrefix(file) ?? ''), ...(vae === undefined ? {} : { vae: under(file, vae) }) };
  }
  const [vae, text] = [ldmVae(file), ldmText(file)];
  return { unet: ldmUnet(file), ...(vae.tensors.size === 0 ? {} : { vae }), ...(text === undefined ? {} : { text }) };
}

function unetPrefix(file: Checkpoint): string | undefined {
  return file.tensors.has(`${CLEANDIFT_UNET}${PROOFS.unet}`) ? CLEANDIFT_UNET : prefixOf(file, PROOFS.unet);
}

function prefixOf({ tensors }: Checkpoint, proof: string): string | undefined {
  return [...tensors.keys()].find((name) => name.endsWith(proof))?.slice(0, -proof.length);
}
