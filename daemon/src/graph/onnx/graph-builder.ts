import { SamepointError } from '@samepoint/shared-protocol';
import { CPU_RUNTIME, type GraphTarget, type Precision } from '../runtime/runtime.js';
import type { Checkpoint, ElementType } from '../weights/checkpoint.js';
import { ATTRIBUTE_TYPES, DATA_TYPES, type DataType, encodeModel } from './schema.js';

const IR_VERSION = 10;
const OPSET_VERSION = 21;
const EXTERNAL = 1;
/** Domain of ONNX Runtime's own operators. */
const CONTRIB_DOMAIN = 'com.microsoft';

/** A value of the graph. Dimensions that are unknown at compile time have a name instead of a size. */
export interface Value {
  name: string;
  dims: readonly (number | string)[];
}

export type Attribute = { int: number } | { ints: readonly number[] } | { float: number } | { string: string };

/** Supported element types of weights, and their ONNX types. */
const WEIGHT_TYPES = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' } as const satisfies Partial<
  Record<ElementType, DataType>
>;
type WeightType = keyof typeof WEIGHT_TYPES;

/** Whether graphs support weights of this type. */
export function isWeightType(dtype: ElementType): dtype is WeightType {
  return Object.hasOwn(WEIGHT_TYPES, dtype);
}

/** A weight as stored in the checkpoint. */
interface StoredWeight {
  value: Value;
  dataType: (typeof WEIGHT_TYPES)[WeightType];
}

/**
 * Writes an ONNX graph node by node. Weights stay in the checkpoint's files: initializers refer to them by offset. Float
 * values have the precision of the target; inputs and outputs of the graph are always float32.
 */
export class GraphBuilder {
  readonly #nodes: Record<string, unknown>[] = [];
  readonly #initializers: Record<string, unknown>[] = [];
  readonly #inputs: Record<string, unknown>[] = [];
  readonly #outputs: Record<string, unknown>[] = [];
  readonly #weights = new Map<string, StoredWeight>();
  /** Names of values that depend on no input. ONNX Runtime folds them when it loads the graph. */
  readonly #constants = new Set<string>();
  #computedNodes = 0;
  readonly #checkpoint: Checkpoint | undefined;
  /** Current precision of weights and constants. */
  #precision: Precision;
  #count = 0;

  constructor(
    checkpoint?: Checkpoint,
    readonly target: GraphTarget = CPU_RUNTIME,
  ) {
    this.#checkpoint = checkpoint;
    this.#precision = target.precision;
  }

  input(name: string, dims: Value['dims'], dataType: DataType = 'float32'): Value {
    this.#inputs.push(valueInfo(name, dims, dataType));
    const value = { name, dims };
    return dataType === 'float32' ? this.#toPrecision(value, 'float32') : value;
  }

  /** Makes `value` an output of the graph. */
  output(name: string, value: Value, dataType: DataType = 'float32'): void {
    const isHalf = dataType === 'float32' && this.#precision === 'float16';
    this.#nodes.push({
      opType: isHalf ? 'Cast' : 'Identity',
      name: `output_${name}`,
      input: [value.name],
      output: [name],
      attribute: isHalf ? [attributeProto('to', { int: DATA_TYPES.float32 })] : [],
    });
    this.#outputs.push(valueInfo(name, value.dims, dataType));
  }

  /**
   * Appends a node with one output. `dims` is the shape of that output.
   * @param opType an operator of ONNX, or one of ONNX Runtime's own as `com.microsoft.<name>`
   */
  node(
    opType: string,
    inputs: readonly Value[],
    dims: Value['dims'],
    attributes: Record<string, Attribute> = {},
  ): Value {
    const [output] = this.nodes(opType, inputs, [dims], attributes);
    if (output === undefined) throw new Error('a node has at least one output');
    return output;
  }

  /** Appends a node with one output per shape. */
  nodes(
    opType: string,
    inputs: readonly Value[],
    outputDims: readonly Value['dims'][],
    attributes: Record<string, Attribute> = {},
  ): Value[] {
    const name = `${opType}_${this.#count++}`;
    const outputs = outputDims.map((dims, index) => ({ name: `${name}:${index}`, dims }));
    if (inputs.every((input) => this.#constants.has(input.name))) {
      for (const output of outputs) this.#constants.add(output.name);
    } else this.#computedNodes++;
    this.#nodes.push({
      ...operator(opType),
      name,
      input: inputs.map((input) => input.name),
      output: outputs.map((output) => output.name),
      attribute: Object.entries(attributes).map(([key, attribute]) => attributeProto(key, attribute)),
    });
    return outputs;
  }

  /**
   * Writes part of a float16 graph in float32, where half precision would overflow or be too coarse. Has no effect in a
   * float32 graph.
   * @param inputs values in the graph's precision; `write` receives them, weights and constants as float32
   * @returns the result of `write`, in the graph's precision
   */
  inFloat32(inputs: readonly Value[], write: (...inputs: Value[]) => Value): Value {
    if (this.#precision === 'float32') return write(...inputs);
    const wide = inputs.map((value) => this.#cast(value, 'float32'));
    this.#precision = 'float32';
    const result = write(...wide);
    this.#precision = 'float16';
    return this.#cast(result, 'float16');
  }

  constant(dims: readonly number[], data: Float32Array | BigInt64Array): Value {
    const stored = this.#stored(dims, data);
    return data instanceof Float32Array ? this.#toPrecision(stored, 'float32') : stored;
  }

  #stored(dims: readonly number[], data: Float32Array | BigInt64Array): Value {
    const name = `constant_${this.#count++}`;
    this.#constants.add(name);
    this.#initializers.push({
      name,
      dims,
      dataType: data instanceof Float32Array ? DATA_TYPES.float32 : DATA_TYPES.int64,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
    return { name, dims };
  }

  /** @throws SamepointError `MODEL_INVALID` for an invalid or excessive shape, from a bad configuration */
  int64(...values: number[]): Value {
    if (!values.every(Number.isSafeInteger)) {
      throw this.#invalid(`its configuration requires a shape of ${values.join('×')}`);
    }
    return this.constant([values.length], BigInt64Array.from(values, BigInt));
  }

  /** Number of weights that the graph reads from the checkpoint. */
  get weightCount(): number {
    return [...this.#weights.values()].reduce((sum, { value }) => sum + elementsOf(value), 0);
  }

  /** Number of nodes that run for every input. */
  get nodeCount(): number {
    return this.#computedNodes;
  }

  hasWeight(name: string): boolean {
    return this.#checkpoint?.tensors.has(name) ?? false;
  }

  /**
   * A weight of the checkpoint. Weights stored in another precision are cast, which ONNX Runtime folds at load.
   * @param expected shape; another one means a wrong or damaged checkpoint
   * @throws SamepointError `MODEL_INVALID`
   */
  weight(name: string, expected: readonly number[]): Value {
    const stored = this.#weights.get(name) ?? this.#storedWeight(name, expected);
    this.#weights.set(name, stored);
    return this.#toPrecision(stored.value, stored.dataType);
  }

  #storedWeight(name: string, expected: readonly number[]): StoredWeight {
    const { file, offset, length, dims, dataType } = this.#locate(name, expected);
    this.#constants.add(name);
    this.#initializers.push({
      name,
      dims,
      dataType: DATA_TYPES[dataType],
      dataLocation: EXTERNAL,
      externalData: [
        { key: 'location', value: file },
        { key: 'offset', value: String(offset) },
        { key: 'length', value: String(length) },
      ],
    });
    return { value: { name, dims }, dataType };
  }

  #toPrecision(value: Value, dataType: StoredWeight['dataType']): Value {
    return dataType === this.#precision ? value : this.#cast(value, this.#precision);
  }

  #cast(value: Value, to: Precision): Value {
    return this.node('Cast', [value], value.dims, { to: { int: DATA_TYPES[to] } });
  }

  #locate(name: string, expected: readonly number[]) {
    const entry = this.#checkpoint?.tensors.get(name);
    if (entry === undefined) throw this.#invalid(`the tensor "${name}" is missing`);
    if (entry.shape.join() !== expected.join()) {
      throw this.#invalid(`the tensor "${name}" has the shape ${entry.shape.join('×')}, not ${expected.join('×')}`);
    }
    const { dtype, file, offset, length, shape } = entry;
    if (!isWeightType(dtype)) {
      throw this.#invalid(`the tensor "${name}" has the type ${dtype}, which is none of F32, F16 and BF16`);
    }
    return { file, offset, length, dims: shape, dataType: WEIGHT_TYPES[dtype] };
  }

  #invalid(reason: string): SamepointError {
    return new SamepointError(
      'MODEL_INVALID',
      `${this.#checkpoint?.path ?? 'The checkpoint'} does not fit its network: ${reason}.`,
      'Check that the file belongs to this model, or get it again.',
    );
  }

  /** The bytes of the finished ModelProto. */
  toModel(): Uint8Array {
    return encodeModel({
      irVersion: IR_VERSION,
      producerName: 'samepoint',
      opsetImport: [
        { domain: '', version: OPSET_VERSION },
        { domain: CONTRIB_DOMAIN, version: 1 },
      ],
      graph: {
        name: 'samepoint',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    });
  }
}

function elementsOf({ dims }: Value): number {
  return dims.reduce((product: number, dim) => product * Number(dim), 1);
}

function operator(opType: string): { opType: string; domain?: string } {
  const prefix = `${CONTRIB_DOMAIN}.`;
  return opType.startsWith(prefix) ? { opType: opType.slice(prefix.length), domain: CONTRIB_DOMAIN } : { opType };
}

function valueInfo(name: string, dims: Value['dims'], dataType: DataType): Record<string, unknown> {
  const dim = dims.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: DATA_TYPES[dataType], shape: { dim } } } };
}

function attributeProto(name: string, attribute: Attribute): Record<string, unknown> {
  if ('int' in attribute) return { name, type: ATTRIBUTE_TYPES.int, i: attribute.int };
  if ('ints' in attribute) return { name, type: ATTRIBUTE_TYPES.ints, ints: attribute.ints };
  if ('float' in attribute) return { name, type: ATTRIBUTE_TYPES.float, f: attribute.float };
  return { name, type: ATTRIBUTE_TYPES.string, s: Buffer.from(attribute.string) };
}

/** The values at `indices`, in that order. @throws RangeError for an index out of range */
export function pickValues(values: readonly Value[], indices: readonly number[]): Value[] {
  return indices.map((index) => {
    const value = values[index];
    if (value === undefined) throw new RangeError(`index ${index} is out of range: there are ${values.length} values`);
    return value;
  });
}

/** The single element of `values`. */
export function onlyValue(values: readonly Value[]): Value {
  const [value] = pickValues(values, [0]);
  if (value === undefined || values.length > 1) throw new RangeError(`expected a single value, not ${values.length}`);
  return value;
}
