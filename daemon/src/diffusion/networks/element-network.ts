import { SamepointError } from '@samepoint/shared-protocol';
import { type CompiledNetwork, compile } from '../../graph/compile.js';
import { readConfig } from '../../graph/config.js';
import {
  type ElementMatcherConfig,
  elementMatcher,
  elementMatcherConfigSchema,
} from '../../graph/networks/element-matcher.js';
import type { NdArray } from '../../graph/runtime/run.js';
import type { GraphTarget } from '../../graph/runtime/runtime.js';
import { weightCount } from '../../graph/weights/checkpoint.js';
import { readSafetensorsHeader } from '../../graph/weights/safetensors.js';
import { type ModelFiles, requireFile } from './model-files.js';
import { graphKey, type NetworkPool } from './network-pool.js';

const CONFIG = 'elements.json';
const WEIGHTS = 'elements.safetensors';

/** Elements are padded to this times a power of two, so that few graphs are needed. */
const MIN_ELEMENTS = 64;

/** Score that masks padding; fits into half precision. */
const MASKED = -1e4;

/** Elements of one image; at least one. */
export interface Elements {
  count: number;
  /** (count, columnChannels), of unit length. */
  descriptors: Float32Array;
  /** (count, geometryChannels): position features. */
  geometry: Float32Array;
  /** (count): similarities to the dustbin of the feature network. */
  dustbin: Float32Array;
}

/** Logits of the matches between elements of two images. */
export interface ElementLogits {
  /** One row per source element, over the target elements. */
  rows: Float32Array[];
  /** Of having no counterpart, for the elements of the first and of the second image. */
  dustbin: Float32Array;
  otherDustbin: Float32Array;
}

/** Matches elements of two images by the features of one network. */
export interface ElementMatching {
  /** @throws SamepointError `MODEL_INVALID` */
  match(source: Elements, target: Elements): Promise<ElementLogits>;
}

/** The element matcher that was trained on the embedded network's features. */
export class ElementNetwork implements ElementMatching {
  readonly #files: ModelFiles;
  readonly #pool: NetworkPool;

  constructor(files: ModelFiles, pool: NetworkPool) {
    this.#files = files;
    this.#pool = pool;
  }

  /** @returns undefined if the model has no matcher */
  static of(files: ModelFiles, pool: NetworkPool): ElementNetwork | undefined {
    return files.has(WEIGHTS) ? new ElementNetwork(files, pool) : undefined;
  }

  async match(source: Elements, target: Elements): Promise<ElementLogits> {
    const [n, m] = [paddedCount(source), paddedCount(target)];
    const checkpoint = readSafetensorsHeader(requireFile(this.#files, WEIGHTS));
    const config = readConfig(requireFile(this.#files, CONFIG), elementMatcherConfigSchema);
    const { logits, dustbin, otherDustbin } = await this.#pool.run(
      {
        key: graphKey('elements', checkpoint, config, n, m),
        weights: weightCount(checkpoint),
        compileAt: (graphTarget) => compileElementMatcher(this.#files, n, m, graphTarget),
      },
      { ...feeds('', source, n, config), ...feeds('other_', target, m, config) },
    );
    if (logits === undefined || dustbin === undefined || otherDustbin === undefined) {
      throw new Error('the matcher returns no logits');
    }
    if (![logits, dustbin, otherDustbin].every(({ data }) => data.every(Number.isFinite))) {
      throw mismatch('its logits are not finite');
    }
    return {
      rows: Array.from({ length: source.count }, (_, row) => logits.data.subarray(row * m, row * m + target.count)),
      dustbin: dustbin.data.subarray(0, source.count),
      otherDustbin: otherDustbin.data.subarray(0, target.count),
    };
  }
}

/**
 * Compiles the element matcher (`elements.json`, `elements.safetensors`). Inputs: `descriptors`, `geometry`, `dustbin_similarity` and `mask`,
 * and the same prefixed with `other_`. Outputs: `logits`, `dustbin` and `otherDustbin`.
 * @param n padded number of source elements
 * @param m padded number of target elements
 * @throws SamepointError `MODEL_INVALID`
 */
export function compileElementMatcher(files: ModelFiles, n: number, m: number, target?: GraphTarget): CompiledNetwork {
  const checkpoint = readSafetensorsHeader(requireFile(files, WEIGHTS));
  const config = readConfig(requireFile(files, CONFIG), elementMatcherConfigSchema);
  const inputs = {
    descriptors: { dims: [n, config.columnChannels] },
    geometry: { dims: [n, config.geometryChannels] },
    dustbin_similarity: { dims: [n, 1] },
    mask: { dims: [1, n] },
    other_descriptors: { dims: [m, config.columnChannels] },
    other_geometry: { dims: [m, config.geometryChannels] },
    other_dustbin_similarity: { dims: [m, 1] },
    other_mask: { dims: [1, m] },
  };
  return compile(
    checkpoint,
    inputs,
    (b, at) => {
      const source = {
        descriptors: at.descriptors,
        geometry: at.geometry,
        dustbin: at.dustbin_similarity,
        mask: at.mask,
      };
      const other = {
        descriptors: at.other_descriptors,
        geometry: at.other_geometry,
        dustbin: at.other_dustbin_similarity,
        mask: at.other_mask,
      };
      return { ...elementMatcher(b, source, other, config) };
    },
    target,
  );
}

function paddedCount({ count }: Elements): number {
  return MIN_ELEMENTS * 2 ** Math.ceil(Math.log2(Math.max(1, count / MIN_ELEMENTS)));
}

function feeds(
  prefix: string,
  { count, descriptors, geometry, dustbin }: Elements,
  length: number,
  { columnChannels, geometryChannels }: ElementMatcherConfig,
): Record<string, NdArray> {
  return {
    [`${prefix}descriptors`]: padded(descriptors, count, [length, columnChannels]),
    [`${prefix}geometry`]: padded(geometry, count, [length, geometryChannels]),
    [`${prefix}dustbin_similarity`]: padded(dustbin, count, [length, 1]),
    [`${prefix}mask`]: { dims: [1, length], data: new Float32Array(length).fill(MASKED, count) },
  };
}

function padded(values: Float32Array, count: number, dims: readonly [number, number]): NdArray {
  const [, channels] = dims;
  if (values.length !== count * channels) {
    throw mismatch(`it needs ${channels} numbers per element, but the features have ${values.length / count}`);
  }
  const data = new Float32Array(dims[0] * dims[1]);
  data.set(values);
  return { dims, data };
}

function mismatch(reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `The element matcher (${WEIGHTS}) does not match the features: ${reason}.`,
    'Retrain it on these features, or reinstall Samepoint.',
  );
}
