import * as z from 'zod';
import { eps, size, sizes } from '../config.js';
import { attentionBlock } from '../layers/attention.js';
import { resnetBlock } from '../layers/resnet-block.js';
import { UI_NAMES } from '../layers/tensor-names.js';
import { timeEmbedding } from '../layers/time-embedding.js';
import type { GraphBuilder, Value } from '../onnx/graph-builder.js';
import { concatChannels, conv2d, nchw, normaliseDescriptors, pixelUnshuffle, upsample } from '../onnx/ops.js';

/** `config.json` beside the embedded model's weights. */
export const uiUnetConfigSchema = z.object({
  network: z.literal('ui-unet'),
  inChannels: size,
  patchSize: size,
  levelChannels: sizes,
  resnetsPerLevel: size,
  attentionLevels: z.array(z.number().int().nonnegative()),
  attentionHeadChannels: size,
  groupNormGroups: size,
  groupNormEps: eps,
  timeEmbeddingChannels: size,
  timestep: z.number().nonnegative(),
  headChannels: size,
  featureStride: size,
  sizeMultiple: size,
  defaultLongSide: size,
});
export type UiUnetConfig = z.infer<typeof uiUnetConfigSchema>;

/**
 * The embedded U-Net for interface mockups, wired like those of diffusion models: `x` (1,3,H,W) in [−1,1] → descriptors
 * (1, headChannels, H/4, W/4), computed from the decoder's maps before their upsamplers. There is no denoising head: the
 * shipped weights were trained for correspondence alone.
 */
export function uiUnet(b: GraphBuilder, x: Value, config: UiUnetConfig): Value {
  const wiring = new UiUnetWiring(b, config);
  const { h, skips } = wiring.down(conv2d(b, pixelUnshuffle(b, x, config.patchSize), 'conv_in', wiring.conv(0)));
  return wiring.head(wiring.up(wiring.mid(h), skips));
}

class UiUnetWiring {
  readonly #b: GraphBuilder;
  readonly #config: UiUnetConfig;
  readonly #e: Value;
  readonly #norm;
  readonly #levels: number;

  constructor(b: GraphBuilder, config: UiUnetConfig) {
    this.#b = b;
    this.#config = config;
    this.#levels = config.levelChannels.length;
    this.#norm = { groups: config.groupNormGroups, eps: config.groupNormEps };
    this.#e = timeEmbedding(b, 'time_embedding', {
      names: UI_NAMES.timeEmbedding,
      timestep: config.timestep,
      sinusoidChannels: config.timeEmbeddingChannels / 2,
      channels: config.timeEmbeddingChannels,
    });
  }

  conv(level: number) {
    return { outChannels: this.#channels(level), kernel: 3 };
  }

  down(x: Value): { h: Value; skips: Value[] } {
    let h = x;
    const skips = [h];
    for (let level = 0; level < this.#levels; level++) {
      for (let block = 1; block <= this.#config.resnetsPerLevel; block++) {
        h = this.#block(h, `down.${level}`, block, level);
        skips.push(h);
      }
      if (level < this.#levels - 1) {
        h = conv2d(this.#b, h, `down.${level}.downsample`, { ...this.conv(level), stride: 2 });
        skips.push(h);
      }
    }
    return { h, skips };
  }

  mid(x: Value): Value {
    const level = this.#levels - 1;
    const h = this.#resnet(x, 'mid.resnet_1', level);
    return this.#resnet(this.#attention(h, 'mid.attention'), 'mid.resnet_2', level);
  }

  /** The decoder's maps before each upsampler, lowest resolution first. Pops `skips` from the end. */
  up(x: Value, skips: Value[]): Value[] {
    let h = x;
    const maps: Value[] = [];
    for (let step = 0; step < this.#levels; step++) {
      const level = this.#levels - 1 - step;
      for (let block = 1; block <= this.#config.resnetsPerLevel + 1; block++) {
        const skip = skips.pop();
        if (skip === undefined) throw new Error('the decoder needs one skip connection per encoder output');
        h = this.#block(concatChannels(this.#b, [h, skip]), `up.${step}`, block, level);
      }
      maps.push(h);
      if (level > 0) h = conv2d(this.#b, upsample(this.#b, h, 2, 'nearest'), `up.${step}.upsample`, this.conv(level));
    }
    return maps;
  }

  /** All maps, upsampled to the highest resolution, concatenated, projected and normalised. */
  head(maps: Value[]): Value {
    const rows = Math.max(...maps.map((map) => nchw(map)[2]));
    const [first, ...rest] = maps.map((map) => {
      const factor = rows / nchw(map)[2];
      return factor === 1 ? map : upsample(this.#b, map, factor, 'linear');
    });
    if (first === undefined) throw new Error('the decoder has at least one map');
    const options = { outChannels: this.#config.headChannels, kernel: 1 };
    return normaliseDescriptors(this.#b, conv2d(this.#b, concatChannels(this.#b, [first, ...rest]), 'head', options));
  }

  #block(x: Value, prefix: string, block: number, level: number): Value {
    const h = this.#resnet(x, `${prefix}.resnet_${block}`, level);
    return this.#config.attentionLevels.includes(level) ? this.#attention(h, `${prefix}.attention_${block}`) : h;
  }

  #resnet(x: Value, prefix: string, level: number): Value {
    return resnetBlock(this.#b, x, prefix, {
      names: UI_NAMES.resnet,
      outChannels: this.#channels(level),
      norm: this.#norm,
      timeEmbedding: this.#e,
    });
  }

  #attention(x: Value, prefix: string): Value {
    const heads = nchw(x)[1] / this.#config.attentionHeadChannels;
    return attentionBlock(this.#b, x, prefix, { names: UI_NAMES.attention, heads, norm: this.#norm });
  }

  #channels(level: number): number {
    const channels = this.#config.levelChannels[level];
    if (channels === undefined) throw new Error(`the network has no level ${level}`);
    return channels;
  }
}
