import { existsSync, readFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import type * as z from 'zod';
import { GraphBuilder, type Value } from './onnx/graph-builder.js';
import { CPU_RUNTIME, type GraphTarget } from './runtime/runtime.js';
import type { Checkpoint } from './weights/checkpoint.js';
import { refuseStandIn } from './weights/file-kind.js';

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

/**
 * Reads a checkpoint's `config.json`.
 * @throws SamepointError `MODEL_INVALID`
 */
export function readConfig<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const issue = firstIssue(parsed.error.issues);
  throw invalidConfig(path, `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is malformed'}`);
}

/** Of a union, what is wrong with the first alternative that the file is meant for. */
function firstIssue([issue]: readonly z.core.$ZodIssue[]): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue;
  const meant = issue.errors.find(([first]) => first !== undefined && first.code !== 'invalid_union');
  return meant === undefined ? issue : firstIssue(meant);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (existsSync(path)) refuseStandIn(path);
    // the parser quotes what it could not read, line breaks and all
    throw invalidConfig(path, (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' '));
  }
}

function invalidConfig(path: string, reason: string): SamepointError {
  return new SamepointError(
    'MODEL_INVALID',
    `${path} cannot be used: ${reason}.`,
    'Check that it belongs to a network that Samepoint knows, or get the checkpoint again.',
  );
}
