import type { ClipTextConfig } from '../networks/clip-text.js';
import {
  type Checkpoint,
  mapTensors,
  type Renaming,
  rename,
  splitRows,
  type TensorEntry,
  withoutPrefix,
} from './checkpoint.js';

/** The parts of Stable Diffusion in a single file, with the tensor names of diffusers and transformers. */
export interface SdParts {
  unet: Checkpoint;
  vae?: Checkpoint;
  text?: LdmText;
}

/** Tensors that identify the parts of a single file. */
const MARKER_TENSORS = { unet: 'time_embedding.linear_1.weight', vae: 'encoder.down_blocks.0.resnets.0.conv1.weight' };
/** CleanDIFT's full checkpoint contains the original network, its own, and the learned timestep. */
const CLEANDIFT_UNET = 'unet_feature_extractor_cleandift.';

/** Whether a file contains a U-Net and other parts: the original layout, or CleanDIFT's full checkpoint. */
export function hasSdParts(file: Checkpoint): boolean {
  return isLdm(file) || (unetPrefix(file) ?? '') !== '';
}

/** The parts of a file. If it has no recognisable U-Net, the whole file is treated as one. */
export function sdPartsOf(file: Checkpoint): SdParts {
  if (!isLdm(file)) {
    const vae = prefixOf(file, MARKER_TENSORS.vae);
    return {
      unet: withoutPrefix(file, unetPrefix(file) ?? ''),
      ...(vae === undefined ? {} : { vae: withoutPrefix(file, vae) }),
    };
  }
  const [vae, text] = [ldmVae(file), ldmText(file)];
  return { unet: ldmUnet(file), ...(vae.tensors.size === 0 ? {} : { vae }), ...(text === undefined ? {} : { text }) };
}

function unetPrefix(file: Checkpoint): string | undefined {
  return file.tensors.has(`${CLEANDIFT_UNET}${MARKER_TENSORS.unet}`)
    ? CLEANDIFT_UNET
    : prefixOf(file, MARKER_TENSORS.unet);
}

function prefixOf({ tensors }: Checkpoint, marker: string): string | undefined {
  return [...tensors.keys()].find((name) => name.endsWith(marker))?.slice(0, -marker.length);
}

/**
 * Prefixes of the original layout of Stable Diffusion (CompVis/latent-diffusion), which most single files use. The views
 * below rename its tensors to those of diffusers and transformers.
 */
const PREFIXES = {
  unet: 'model.diffusion_model.',
  vae: 'first_stage_model.',
  openClip: 'cond_stage_model.model.',
  clip: 'cond_stage_model.transformer.',
} as const;

/** A tensor that only this layout has. */
const LDM_MARKER = `${PREFIXES.unet}time_embed.0.weight`;

export function isLdm({ tensors }: Checkpoint): boolean {
  return tensors.has(LDM_MARKER);
}

const RESNET: readonly Renaming[] = [
  [/\.in_layers\.0\./, '.norm1.'],
  [/\.in_layers\.2\./, '.conv1.'],
  [/\.emb_layers\.1\./, '.time_emb_proj.'],
  [/\.out_layers\.0\./, '.norm2.'],
  [/\.out_layers\.3\./, '.conv2.'],
  [/\.skip_connection\./, '.conv_shortcut.'],
];

/** Blocks are numbered across levels. A level has `layers` residual blocks and a resampling block. */
function unetNames(layers: number): readonly Renaming[] {
  const perLevel = layers + 1;
  const down = (part: string) => (_: string, block: string) => {
    const index = Number(block) - 1;
    return `down_blocks.${Math.floor(index / perLevel)}.${part}.${index % perLevel}.`;
  };
  const up = (part: string) => (_: string, block: string) =>
    `up_blocks.${Math.floor(Number(block) / perLevel)}.${part}.${Number(block) % perLevel}.`;
  return [
    [/^time_embed\.0\./, 'time_embedding.linear_1.'],
    [/^time_embed\.2\./, 'time_embedding.linear_2.'],
    [/^input_blocks\.0\.0\./, 'conv_in.'],
    [/^input_blocks\.(\d+)\.0\.op\./, (_, block) => `down_blocks.${Number(block) / perLevel - 1}.downsamplers.0.conv.`],
    [/^input_blocks\.(\d+)\.0\./, down('resnets')],
    [/^input_blocks\.(\d+)\.1\./, down('attentions')],
    [/^middle_block\.0\./, 'mid_block.resnets.0.'],
    [/^middle_block\.1\./, 'mid_block.attentions.0.'],
    [/^middle_block\.2\./, 'mid_block.resnets.1.'],
    [
      /^output_blocks\.(\d+)\.[12]\.conv\./,
      (_, block) => `up_blocks.${Math.floor(Number(block) / perLevel)}.upsamplers.0.conv.`,
    ],
    [/^output_blocks\.(\d+)\.0\./, up('resnets')],
    [/^output_blocks\.(\d+)\.1\./, up('attentions')],
    ...RESNET,
  ];
}

const VAE: readonly Renaming[] = [
  [/^encoder\.down\.(\d+)\.block\.(\d+)\./, 'encoder.down_blocks.$1.resnets.$2.'],
  [/^encoder\.down\.(\d+)\.downsample\.conv\./, 'encoder.down_blocks.$1.downsamplers.0.conv.'],
  [/^encoder\.mid\.block_1\./, 'encoder.mid_block.resnets.0.'],
  [/^encoder\.mid\.block_2\./, 'encoder.mid_block.resnets.1.'],
  [/^encoder\.mid\.attn_1\.norm\./, 'encoder.mid_block.attentions.0.group_norm.'],
  [/^encoder\.mid\.attn_1\.([qkv])\./, 'encoder.mid_block.attentions.0.to_$1.'],
  [/^encoder\.mid\.attn_1\.proj_out\./, 'encoder.mid_block.attentions.0.to_out.0.'],
  [/^encoder\.norm_out\./, 'encoder.conv_norm_out.'],
  [/\.nin_shortcut\./, '.conv_shortcut.'],
];

const OPEN_CLIP: readonly Renaming[] = [
  [/^token_embedding\./, 'text_model.embeddings.token_embedding.'],
  [/^positional_embedding$/, 'text_model.embeddings.position_embedding.weight'],
  [/^ln_final\./, 'text_model.final_layer_norm.'],
  [/^transformer\.resblocks\.(\d+)\./, 'text_model.encoder.layers.$1.'],
  [/\.ln_1\./, '.layer_norm1.'],
  [/\.ln_2\./, '.layer_norm2.'],
  [/\.mlp\.c_fc\./, '.mlp.fc1.'],
  [/\.mlp\.c_proj\./, '.mlp.fc2.'],
  [/\.attn\.out_proj\./, '.self_attn.out_proj.'],
];
/** Queries, keys and values, stacked in one tensor. */
const OPEN_CLIP_STACKED = /^(.*)\.attn\.in_proj_(weight|bias)$/;

/** The U-Net with diffusers' tensor names. */
export function ldmUnet(checkpoint: Checkpoint): Checkpoint {
  const unet = withoutPrefix(checkpoint, PREFIXES.unet);
  let firstDownsampler = 1;
  while (unet.tensors.has(`input_blocks.${firstDownsampler}.0.in_layers.0.weight`)) firstDownsampler++;
  const names = unetNames(firstDownsampler - 1);
  return mapTensors(unet, (name, entry) => [[rename(name, names), entry]]);
}

/** The autoencoder's encoder with diffusers' names; pointwise convolutions of its attention become linear layers. */
export function ldmVae(checkpoint: Checkpoint): Checkpoint {
  return mapTensors(withoutPrefix(checkpoint, PREFIXES.vae), (name, entry) => {
    const renamed = rename(name, VAE);
    return [[renamed, renamed.includes('.attentions.') ? withoutKernel(entry) : entry]];
  });
}

/** A text encoder and its activation, which depends on the model family. */
export interface LdmText {
  checkpoint: Checkpoint;
  activation: ClipTextConfig['hidden_act'];
}

/**
 * The text encoder with transformers' names. CLIP of Stable Diffusion 1.x already has them. OpenCLIP of 2.x includes a last
 * block, which Stable Diffusion does not use and which is dropped here.
 */
export function ldmText(checkpoint: Checkpoint): LdmText | undefined {
  const clip = withoutPrefix(checkpoint, PREFIXES.clip);
  if (clip.tensors.size > 0) return { checkpoint: clip, activation: 'quick_gelu' };
  const openClip = withoutPrefix(checkpoint, PREFIXES.openClip);
  if (openClip.tensors.size === 0) return undefined;
  const blocks = [...openClip.tensors.keys()].map((name) => Number(/resblocks\.(\d+)\./.exec(name)?.[1] ?? 0));
  const unused = `text_model.encoder.layers.${blocks.reduce((a, b) => Math.max(a, b), 0)}.`;
  const used = mapTensors(openClip, (name, entry) =>
    openClipTensors(name, entry).filter(([renamed]) => !renamed.startsWith(unused)),
  );
  return { checkpoint: used, activation: 'gelu' };
}

function openClipTensors(name: string, entry: TensorEntry): (readonly [string, TensorEntry])[] {
  const renamed = rename(name, OPEN_CLIP);
  const [, block, kind] = OPEN_CLIP_STACKED.exec(renamed) ?? [];
  if (block === undefined) return [[renamed, entry]];
  const [q, k, v] = splitRows(entry, 3);
  if (q === undefined || k === undefined || v === undefined) throw new Error('expected three stacked parts');
  return Object.entries({ q, k, v }).map(([part, tensor]) => [`${block}.self_attn.${part}_proj.${kind}`, tensor]);
}

function withoutKernel(entry: TensorEntry): TensorEntry {
  return entry.shape.length === 4 ? { ...entry, shape: entry.shape.slice(0, 2) } : entry;
}
