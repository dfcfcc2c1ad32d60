import protobuf from 'protobufjs/light.js';
import * as z from 'zod';

/** The part of onnx.proto with the weights of a model and the nodes that use them. */
const SCHEMA = {
  nested: {
    NodeProto: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
      },
    },
    TensorProto: {
      fields: {
        dims: { rule: 'repeated', type: 'int32', id: 1 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
      },
    },
    ValueInfoProto: { fields: { name: { type: 'string', id: 1 } } },
    GraphProto: {
      fields: {
        node: { rule: 'repeated', type: 'NodeProto', id: 1 },
        initializer: { rule: 'repeated', type: 'TensorProto', id: 5 },
        output: { rule: 'repeated', type: 'ValueInfoProto', id: 12 },
      },
    },
    ModelProto: { fields: { graph: { type: 'GraphProto', id: 7 } } },
  },
};
const modelProto = protobuf.Root.fromJSON(SCHEMA).lookupType('ModelProto');

const modelSchema = z.object({
  graph: z.object({
    node: z.array(z.object({ input: z.array(z.string()), name: z.string(), opType: z.string() })),
    initializer: z.array(z.object({ dims: z.array(z.number()), name: z.string(), rawData: z.instanceof(Uint8Array) })),
  }),
});

/** A float32 tensor. */
export interface Weight {
  shape: readonly number[];
  data: Float32Array;
}

/**
 * The weights of a model that PyTorch exported, by their names in PyTorch. Linear layers, whose weights the exporter transposes and
 * renames, are named after the node that multiplies by them. Other tensors keep the exporter's name.
 */
export function onnxWeights(model: Uint8Array): Map<string, Weight> {
  const { graph } = modelSchema.parse(modelProto.decode(model));
  const layers = new Map(
    graph.node
      .filter(({ name, opType }) => opType === 'MatMul' && name.endsWith('/MatMul'))
      .map(({ name, input }) => [input[1] ?? '', `${name.split('/').slice(1, -1).join('.')}.weight`]),
  );
  return new Map(
    graph.initializer.map(({ name, dims, rawData }) => {
      const weight = { shape: dims, data: new Float32Array(new Uint8Array(rawData).buffer) };
      const layer = layers.get(name);
      return layer === undefined ? [name, weight] : [layer, transposed(weight)];
    }),
  );
}

/** The same model with more values of its graph as outputs. Concatenated protocol buffers are merged. */
export function withOutputs(model: Uint8Array, values: readonly string[]): Uint8Array {
  const outputs = modelProto.fromObject({ graph: { output: values.map((name) => ({ name })) } });
  return Buffer.concat([model, modelProto.encode(outputs).finish()]);
}

function transposed({ shape: [rows = 0, columns = 0], data }: Weight): Weight {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) out[(i % columns) * rows + Math.floor(i / columns)] = data[i] ?? 0;
  return { shape: [columns, rows], data: out };
}
