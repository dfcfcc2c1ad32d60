import { SamepointError } from '@samepoint/shared-protocol';
import type { InputSize } from '../input-size.js';
import type { FeaturePlan, PlanPart } from '../plan/feature-plan.js';
import { type FeatureSettings, SETTING_OPTIONS } from '../plan/feature-settings.js';
import { blockOf } from '../presets.js';
import { openAdm, openVit, readUiConfig } from './network-checkpoints.js';
import { openSdCheckpoint, type SdEncoderPart } from './sd-checkpoint.js';

/** What the checkpoint of a network lets be chosen. */
interface NetworkLimits {
  /** How many blocks it can be cut after, and what they are called; none where it cannot. */
  blocks?: { count: number; name: string };
  /** Sides of its input are multiples of this, in pixels. */
  multiple: number;
  /** Its encoder gives a distribution, which latents can be drawn from. */
  samples?: boolean;
}

/**
 * Holds what was chosen by hand against the checkpoints, whose configurations alone are read: a wrong number should not
 * cost a start of the engine, or the encoding of an image. In a fusion, a sample of the latent is for those that have one.
 * @param settings chosen by hand, which are in the plan's presets
 * @throws SamepointError `BAD_REQUEST`, `MODEL_INVALID`, `MODEL_MISSING`
 */
export function checkPlan({ parts }: FeaturePlan, { latentMode }: FeatureSettings): void {
  const chosen = parts.filter(({ preset }) => preset.custom).map((part) => ({ part, limits: limitsOf(part) }));
  for (const { part, limits } of chosen) checkPart(part, limits);
  if (latentMode === 'sample' && !chosen.some(({ limits }) => limits.samples)) throw nothingToSample(parts);
}

function checkPart({ preset }: PlanPart, { blocks, multiple }: NetworkLimits): void {
  const block = blockOf(preset);
  if (blocks !== undefined && block !== undefined && block >= blocks.count) {
    throw new SamepointError(
      'BAD_REQUEST',
      `The network of ${preset.backend} has the ${blocks.name} 0 to ${blocks.count - 1}, not ${block}.`,
      `Give one of them to ${SETTING_OPTIONS.upFtIndex}.`,
    );
  }
  const side = sidesOf(preset.size).find((px) => px % multiple !== 0);
  if (side !== undefined) {
    const below = Math.floor(side / multiple) * multiple;
    const near = [below, below + multiple].filter((px) => px > 0).join(' or ');
    throw new SamepointError(
      'BAD_REQUEST',
      `The network of ${preset.backend} takes sides that are multiples of ${multiple} px, and ${side} is none.`,
      `Give ${SETTING_OPTIONS.size} ${near} in its place.`,
    );
  }
}

function limitsOf({ preset, files }: PlanPart): NetworkLimits {
  switch (preset.network) {
    case 'sd-unet':
    case 'cleandift': {
      const { unet, encoder } = openSdCheckpoint(files);
      const blocks = { count: unet.config.up_block_types.length, name: 'up blocks' };
      return { blocks, multiple: 2 ** (encoderLevels(encoder) - 1), samples: encoder.kind === 'kl' };
    }
    case 'adm': {
      const { channel_mult: levels, num_res_blocks: perLevel } = openAdm(files).config;
      const blocks = { count: levels.length * (perLevel + 1), name: 'output blocks' };
      return { blocks, multiple: 2 ** (levels.length - 1) };
    }
    case 'vit': {
      const { layers, patchSize } = openVit(files).config;
      return { blocks: { count: layers, name: 'layers' }, multiple: patchSize };
    }
    case 'ui-unet':
      return { multiple: readUiConfig(files).sizeMultiple };
  }
}

function nothingToSample(parts: readonly PlanPart[]): SamepointError {
  const names = parts.filter(({ preset }) => 'latentMode' in preset).map(({ preset }) => preset.backend);
  return new SamepointError(
    'BAD_REQUEST',
    `${SETTING_OPTIONS.latentMode} sample would change nothing: TAESD stands in for the VAE of ${names.join(' and ')}, and its latent is certain.`,
    `Leave ${SETTING_OPTIONS.latentMode} out, or take a checkpoint with a VAE of its own.`,
  );
}

/** Each level but the first halves the image. */
function encoderLevels(encoder: SdEncoderPart): number {
  return (encoder.kind === 'tiny' ? encoder.config.encoder_block_out_channels : encoder.config.block_out_channels)
    .length;
}

function sidesOf(size: InputSize): readonly number[] {
  switch (size.fit) {
    case 'squash':
      return [size.width, size.height];
    case 'bucket':
      return [size.side];
    case 'short-side':
      return [size.px];
    case 'long-sides':
      return size.px;
  }
}
