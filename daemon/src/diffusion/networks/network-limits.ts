import { SamepointError } from '@samepoint/shared-protocol';
import type { InputSize } from '../input-size.js';
import type { FeaturePlan, PlanPart } from '../plan/feature-plan.js';
import { type FeatureSettings, SETTING_OPTIONS } from '../plan/feature-settings.js';
import { blockOf } from '../presets.js';
import { openAdm, openVit, readUiConfig } from './network-checkpoints.js';
import { openSdCheckpoint, type SdEncoderPart } from './sd-checkpoint.js';

/** Values that a network accepts for the settings. */
interface NetworkLimits {
  /** Number and name of the blocks it can be cut after; absent if it cannot be cut. */
  blocks?: { count: number; name: string };
  /** Sides of the input must be multiples of this, in pixels. */
  multiple: number;
  /** The encoder returns a distribution, so latents can be sampled. */
  samples?: boolean;
}

/**
 * Checks custom settings against the checkpoints' configurations, before the engine starts or an image is encoded. In a
 * fusion, one network that samples its latent is enough.
 * @param settings the custom settings, which the plan's presets already contain
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
      `The network of ${preset.backend} has ${blocks.name} 0 to ${blocks.count - 1}; there is no ${block}.`,
      `Set ${SETTING_OPTIONS.upFtIndex} to one of them.`,
    );
  }
  const side = inputSides(preset.size).find((px) => px % multiple !== 0);
  if (side !== undefined) {
    const below = Math.floor(side / multiple) * multiple;
    const nearest = [below, below + multiple].filter((px) => px > 0).join(' or ');
    throw new SamepointError(
      'BAD_REQUEST',
      `The network of ${preset.backend} needs sides that are multiples of ${multiple} px, not ${side}.`,
      `Try ${SETTING_OPTIONS.size} ${nearest}.`,
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
    `${SETTING_OPTIONS.latentMode} sample has no effect: ${names.join(' and ')} uses TAESD, whose latent is fixed.`,
    `Omit ${SETTING_OPTIONS.latentMode}, or use a checkpoint with its own VAE.`,
  );
}

/** Every level except the first halves the image. */
function encoderLevels(encoder: SdEncoderPart): number {
  return (encoder.kind === 'tiny' ? encoder.config.encoder_block_out_channels : encoder.config.block_out_channels)
    .length;
}

function inputSides(size: InputSize): readonly number[] {
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
