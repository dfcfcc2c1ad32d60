/** Bytes in a message, by their number on Node's side. */
interface BytesMark {
  $bytes: number;
}

/** A message for the UI as JSON, its bytes handed to Node. Throws on what Figma cannot post. */
export function encodeMessage(message: unknown): string {
  return JSON.stringify(encode(message));
}

function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    const copy = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
    return { $bytes: __bridge.putBytes(copy as ArrayBuffer) } satisfies BytesMark;
  }
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint') {
    throw new Error(`in postMessage: Cannot unwrap ${typeof value}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error('in postMessage: Cannot unwrap this object');
  if ('removed' in value && 'absoluteTransform' in value) throw new Error('in postMessage: Cannot unwrap a node');
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, encode(part)]));
}

/** A message of the UI from Node's JSON. */
export function decodeMessage(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) =>
    isBytesMark(value) ? new Uint8Array(__bridge.takeBytes(value.$bytes)) : value,
  );
}

function isBytesMark(value: unknown): value is BytesMark {
  return typeof value === 'object' && value !== null && '$bytes' in value;
}
