/** Bytes of a safetensors file with float32 tensors of one dimension, each filled with its own number. */
export function safetensorsFile(tensors: Record<string, number>, dtype = 'F32'): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let offset = 0;
  for (const [index, [name, length]] of Object.entries(tensors).entries()) {
    const part = Buffer.from(new Float32Array(length).fill(index + 1).buffer);
    header[name] = { dtype, shape: [length], data_offsets: [offset, offset + part.length] };
    parts.push(part);
    offset += part.length;
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts));
}

export function withHeader(json: string, data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(json)));
  return Buffer.concat([length, Buffer.from(json), data]);
}
