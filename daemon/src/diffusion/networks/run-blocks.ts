import { compile, type InputShape } from '../../graph/compile.js';
import type { GraphBuilder, Value } from '../../graph/onnx/graph-builder.js';
import type { NdArray } from '../../graph/runtime/run.js';
import { type Checkpoint, weightCount } from '../../graph/weights/checkpoint.js';
import type { GraphKey, NetworkPool } from './network-pool.js';

/** A network that is cut after several blocks at once. */
export interface BlocksNetwork<Name extends string> {
  key: GraphKey;
  checkpoint: Checkpoint;
  /** Indices of the blocks, as the network counts them. */
  blocks: readonly number[];
  /** Returns one feature map per block, in the order of `blocks`. */
  wire(b: GraphBuilder, inputs: Record<Name, Value>): readonly Value[];
}

/** Runs the network. @returns the features (1,C,h,w) of each block, in the order of `blocks` */
export async function runBlocks<Name extends string>(
  pool: NetworkPool,
  { key, checkpoint, blocks, wire }: BlocksNetwork<Name>,
  feeds: Record<Name, NdArray>,
): Promise<NdArray[]> {
  const shapes: Record<Name, InputShape> = feeds;
  const outputs = await pool.run(
    {
      key,
      weights: weightCount(checkpoint),
      compileAt: (target) =>
        compile(
          checkpoint,
          shapes,
          (b, inputs) => Object.fromEntries(wire(b, inputs).map((map, n) => [outputName(blocks[n]), map])),
          target,
        ),
    },
    feeds,
  );
  return blocks.map((block) => {
    const features = outputs[outputName(block)];
    if (features === undefined) throw new Error(`the network returns no features of block ${block}`);
    return features;
  });
}

function outputName(block: number | undefined): string {
  return `features_${block}`;
}
