import { GraphBuilder, type Value } from './onnx/graph-builder.js';
import { CPU_RUNTIME, type GraphTarget } from './runtime/runtime.js';
import type { Checkpoint } from './weights/checkpoint.js';

/** Name and shape of a graph's input or output. */
export interface Port {
  name: string;
  dims: readonly number[];
}

/** A graph for a single input size that computes a feature map, or an input of one, and nothing else. */
export interface CompiledNetwork {
  /** ModelProto bytes; the weights stay in `weightsFolder`. */
  model: Uint8Array;
  weightsFolder: string;
  /** Number of weights that the graph reads from the checkpoint. */
  weightCount: number;
  /** Number of nodes that run for every input, before ONNX Runtime fuses any. */
  nodeCount: number;
  inputs: readonly Port[];
  outputs: readonly Port[];
}

/** Shape and type of a graph input. */
export interface InputShape {
  dims: readonly number[];
  dataType?: 'float32' | 'int64';
}

/** Writes the nodes of a network: named input values → named output values. */
export type Wiring<Name extends string> = (b: GraphBuilder, inputs: Record<Name, Value>) => Record<string, Value>;

/**
 * Compiles a network for one input size. Takes milliseconds, since no weights are read.
 * @throws SamepointError `MODEL_INVALID` if the checkpoint does not match the network
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
