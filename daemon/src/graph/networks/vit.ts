import { interpolatePositions, type PositionInterpolation } from '../layers/position-embedding.js';
import {
  type EncoderBlockOptions,
  encoderBlockProjections,
  transformerEncoderBlock,
} from '../layers/transformer-encoder-block.js';
import { type GraphBuilder, onlyValue, pickValues, type Value } from '../onnx/graph-builder.js';
import { add, nchw, reshape, transpose } from '../onnx/ops.js';
import { concatRows, layerNorm, matrixDims, sliceRows } from '../onnx/transformer-ops.js';
import type { VitNames } from './vit-names.js';

/** Configuration of a vision transformer. */
export interface VitConfig extends EncoderBlockOptions {
  names: VitNames;
  channels: number;
  layers: number;
  patchSize: number;
  /** Side of the position embeddings' grid, in cells. */
  nativeGrid: number;
  registers: number;
  interpolation: PositionInterpolation;
  /** Normalisation of pixels in [0,1]: red, green, blue. */
  pixelMean: readonly [number, number, number];
  pixelStd: readonly [number, number, number];
}

/** Feature of a block: its output, or the queries, keys or values of its attention. */
export const VIT_FACETS = ['token', 'query', 'key', 'value'] as const;
export type VitFacet = (typeof VIT_FACETS)[number];

export interface VitFeature {
  /** Index of the block, from 0. */
  layer: number;
  /** Default `token`. */
  facet?: VitFacet;
  /** Whether to apply the network's final LayerNorm. Default: only after the last block. */
  finalNorm?: boolean;
  /** Overrides the checkpoint's interpolation, as in DIFT's OpenCLIP baseline, which uses DINO's. */
  interpolation?: PositionInterpolation;
}

/**
 * Vision transformer up to one block: `pixels` (1,3,H,W), normalised → the patches' features
 * (1, channels, ⌊H/patch⌋, ⌊W/patch⌋). Class and register tokens are not part of the map.
 * @throws SamepointError `MODEL_INVALID`; RangeError for a layer that does not exist, or an image smaller than a patch
 */
export function vit(b: GraphBuilder, pixels: Value, config: VitConfig, feature: VitFeature): Value {
  return onlyValue(vitLayers(b, pixels, config, feature, [feature.layer]));
}

/** The feature maps of several layers, in the order of `layers`. */
export function vitLayers(
  b: GraphBuilder,
  pixels: Value,
  config: VitConfig,
  feature: Omit<VitFeature, 'layer'>,
  layers: readonly number[],
): Value[] {
  const missing = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= config.layers);
  if (missing !== undefined) {
    throw new RangeError(`the network has layers 0 to ${config.layers - 1}; there is no ${missing}`);
  }
  const { tokens, grid } = embed(b, pixels, config, feature.interpolation ?? config.interpolation);
  const { facet = 'token' } = feature;
  const last = Math.max(...layers);
  const maps: Value[] = [];
  let h = tokens;
  for (let layer = 0; layer <= last; layer++) {
    const names = config.names.block(layer);
    const { finalNorm = layer === config.layers - 1 } = feature;
    // ONNX Runtime would also run a block that no output needs
    const next = facet === 'token' || layer < last ? transformerEncoderBlock(b, h, names, config) : h;
    if (layers.includes(layer)) {
      const taken = facet === 'token' ? next : encoderBlockProjections(b, h, names, config.eps)[facet];
      const isNormed = facet === 'token' && finalNorm;
      const rows = isNormed ? layerNorm(b, taken, config.names.finalNorm, config.eps) : taken;
      const patches = sliceRows(b, rows, 1 + config.registers, matrixDims(rows)[0]);
      maps[layer] = reshape(b, transpose(b, patches, [1, 0]), [1, config.channels, grid.rows, grid.columns]);
    }
    h = next;
  }
  return pickValues(maps, layers);
}

/** Image (1,3,H,W) in [−1,1] → normalised pixels for {@link vit}. */
export function vitPixels(b: GraphBuilder, image: Value, { pixelMean, pixelStd }: VitConfig): Value {
  const perChannel = (values: number[]) => b.constant([1, 3, 1, 1], Float32Array.from(values));
  const scale = perChannel(pixelStd.map((std) => 0.5 / std));
  const shift = perChannel(pixelMean.map((mean, i) => (0.5 - mean) / (pixelStd[i] ?? 1)));
  return add(b, b.node('Mul', [image, scale], image.dims), shift);
}

/** Class token, registers, patches, in this order: (tokens, channels). Registers have no position. */
function embed(b: GraphBuilder, pixels: Value, config: VitConfig, interpolation: PositionInterpolation) {
  const { names, registers } = config;
  const { patches, grid } = embedPatches(b, pixels, config);
  const native = config.nativeGrid ** 2;
  const vectors = (name: string, count: number) => storedRows(b, name, count, config);
  const positions = vectors(names.positions, native + 1);
  const cells = sliceRows(b, positions, 1, native + 1);
  // constant: ONNX Runtime folds it at load, but only in float32
  const classToken = b.inFloat32([vectors(names.classToken, 1), sliceRows(b, positions, 0, 1)], (token, position) =>
    add(b, token, position),
  );
  // interpolation with an offset is not the identity, even to the same size
  const [, , height, width] = nchw(pixels);
  const isNative = height === width && grid.rows === config.nativeGrid;
  const placed = add(b, patches, isNative ? cells : interpolatePositions(b, cells, grid, interpolation));
  const tokens = concatRows(
    b,
    registers === 0 ? [classToken, placed] : [classToken, vectors(names.registers, registers), placed],
  );
  return { tokens: names.preNorm === undefined ? tokens : layerNorm(b, tokens, names.preNorm, config.eps), grid };
}

/** A convolution whose stride equals its kernel. Incomplete patches at the right and bottom are dropped. */
function embedPatches(b: GraphBuilder, pixels: Value, { names, channels, patchSize }: VitConfig) {
  const [n, inChannels, height, width] = nchw(pixels);
  const grid = { rows: Math.floor(height / patchSize), columns: Math.floor(width / patchSize) };
  if (grid.rows === 0 || grid.columns === 0) {
    throw new RangeError(`${width}×${height} pixels are less than one patch of ${patchSize}×${patchSize}`);
  }
  const kernel = [patchSize, patchSize];
  const inputs = [pixels, b.weight(names.patches.weight, [channels, inChannels, patchSize, patchSize])];
  if (names.patches.bias !== undefined) inputs.push(b.weight(names.patches.bias, [channels]));
  const map = b.node('Conv', inputs, [n, channels, grid.rows, grid.columns], {
    kernel_shape: { ints: kernel },
    strides: { ints: kernel },
  });
  const columns = reshape(b, map, [channels, grid.rows * grid.columns]);
  return { patches: transpose(b, columns, [1, 0]), grid };
}

/** Vectors (count, channels) stored as one tensor. A single vector may be stored without the count. */
function storedRows(b: GraphBuilder, name: string, count: number, { names, channels }: VitConfig): Value {
  const rows = [count, channels];
  if (names.batched) return reshape(b, b.weight(name, [1, ...rows]), rows);
  return count === 1 ? reshape(b, b.weight(name, [channels]), rows) : b.weight(name, rows);
}
