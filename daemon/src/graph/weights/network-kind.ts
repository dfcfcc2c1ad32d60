import { SamepointError } from '@samepoint/shared-protocol';
import type { Checkpoint } from './checkpoint.js';

/** Network families that Samepoint supports. */
export type NetworkFamily = 'sd' | 'adm' | 'vit';

interface NetworkKind {
  /** With article, for messages. */
  name: string;
  /** Matches a tensor name that only this kind has. */
  tensors: RegExp;
  family?: NetworkFamily;
}

/** Kinds of networks, in order: the first match counts. */
const KINDS: readonly NetworkKind[] = [
  { name: 'a LoRA', tensors: /(^|[._])lora[._]?(up|down|A|B|unet|te|linear)[._]/ },
  { name: 'a ControlNet', tensors: /^(control_model\.|controlnet_|input_hint_block\.)/ },
  { name: 'an IP-Adapter', tensors: /^(image_proj|ip_adapter)\./ },
  { name: 'a motion module', tensors: /\bmotion_modules\./ },
  { name: 'a textual inversion', tensors: /^(emb_params|string_to_param)\b/ },
  {
    name: 'Stable Diffusion XL',
    tensors: /^(conditioner\.embedders\.|add_embedding\.|(model\.diffusion_model\.)?label_emb\.0\.0\.)/,
  },
  { name: 'a class-conditional ADM', tensors: /^label_emb\.weight$/ },
  { name: 'Flux', tensors: /\b(double_blocks|single_transformer_blocks)\.\d/ },
  { name: 'Stable Diffusion 3', tensors: /\bjoint_blocks\.\d|\battn\.add_q_proj\./ },
  { name: 'a T5 text encoder', tensors: /\bencoder\.block\.\d+\.layer\.0\.SelfAttention\./ },
  { name: 'a language model', tensors: /^(model\.)?layers\.\d+\.self_attn\./ },
  { name: 'a Stable Diffusion in the original layout', tensors: /^model\.diffusion_model\./, family: 'sd' },
  { name: 'a U-Net of Stable Diffusion', tensors: /\btime_embedding\.linear_1\.weight$/, family: 'sd' },
  { name: 'an ADM U-Net', tensors: /^input_blocks\.0\.0\.weight$/, family: 'adm' },
  { name: 'a vision transformer', tensors: /\b(cls_token|class_embedding)$/, family: 'vit' },
  { name: 'a text encoder', tensors: /\btoken_embedding\.weight$/ },
  { name: 'an autoencoder (VAE)', tensors: /\b(encoder|decoder)\.conv_in\.weight$/ },
  { name: 'a tiny autoencoder (TAESD)', tensors: /^encoder\.layers\.0\.weight$/ },
];

const FAMILY_NAMES: Readonly<Record<NetworkFamily, string>> = {
  sd: 'Stable Diffusion 1.x or 2.x',
  adm: 'ADM',
  vit: 'a vision transformer of DINO, DINOv2 or CLIP',
};

/** The kind of network in a checkpoint, detected by tensor names. */
export function networkKind({ tensors }: Checkpoint): NetworkKind | undefined {
  const names = [...tensors.keys()];
  return KINDS.find((kind) => names.some((name) => kind.tensors.test(name)));
}

/**
 * Rejects a checkpoint of another network family. Checkpoints of unknown kind pass.
 * @throws SamepointError `MODEL_INVALID`
 */
export function requireFamily(checkpoint: Checkpoint, family: NetworkFamily): void {
  const kind = networkKind(checkpoint);
  if (kind === undefined || kind.family === family) return;
  throw new SamepointError(
    'MODEL_INVALID',
    `${checkpoint.path} contains ${kind.name}, not ${FAMILY_NAMES[family]}.`,
    'Choose a checkpoint of the network that computes the features.',
  );
}
