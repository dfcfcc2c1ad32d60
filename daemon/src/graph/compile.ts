import { GraphBuilder, type Value } from './onnx/graph-builder.js';
import { CPU_RUNTIME, type GraphTarget } from './runtime/runtime.js';
import type { Checkpoint } from './weights/checkpoint.js';

/** Name and shape of a graph's input or output. */
export interface Port {
  name: string;
  dims: readonly number[];
}

/** A graph that computes one feature map, or what leads to it, and nothing else, for exactly one size. */
export interface CompiledNetwork {
  /** ModelProto bytes; the weights stay in `weightsFolder`. */
  model: Uint8Array;
  weightsFolder: string;
  /** How many numbers of the checkpoint the graph takes. */
  weightCount: number;
  /** How many nodes have to run for every input, before ONNX Runtime fuses any. */
  nodeCount: number;
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** What the graph is fed with. */
export interface InputShape {
  dims: readonly number[];
  dataType?: 'float32' | 'int64';
}

/** Wires a network: from the values of the inputs to those of the outputs, both by name. */
export type Wiring<Name extends string> = (b: GraphBuilder, inputs: Record<Name, Value>) => Record<string, Value>;

/**
 * Compiles a network for one size. Takes milliseconds: only the header of the weights was read.
 * @throws SamepointError `MODEL_INVALID` where checkpoint and network do not fit
 */
export function compile<Name extends string>(
  checkpoint: Checkpoint,
  inputs: Record<Name, InputShape>,
  wire: Wiring<Name>,
  target: GraphTarget = CPU_RUNTIME,
): CompiledNetwork {
  const b = new GraphBuilder(checkpoint, target);
  const shapes = Object.entries<InputShape>(inputs);
  const values = Object.fromEntries(
    shapes.map(([name, { dims, dataType }]) => [name, b.input(name, dims, dataType)]),
  ) as Record<Name, Value>;
  const outputs = Object.entries(wire(b, values));
  for (const [name, value] of outputs) b.output(name, value);
  return {
    model: b.toModel(),
    weightsFolder: checkpoint.folder,
    weightCount: b.weightCount,
    nodeCount: b.nodeCount,
    inputs: shapes.map(([name, { dims }]) => ({ name, dims })),
    outputs: outputs.map(([name, { dims }]) => ({ name, dims: dims.map(Number) })),
  };
}
