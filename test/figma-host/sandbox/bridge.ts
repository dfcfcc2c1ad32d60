/** The functions that Node provides to the sandbox. Arguments are strings, numbers or bytes. */
export interface Bridge {
  /** Calls `fire(callId)` in a later turn. */
  schedule(callId: number, delayMs: number): void;
  unschedule(callId: number): void;
  /** Stores bytes in Node and returns their number. */
  putBytes(bytes: ArrayBuffer): number;
  takeBytes(number: number): ArrayBuffer;
  /** Stores an image; returns JSON with its hash, or with the reason why it is rejected. */
  createImage(bytes: ArrayBuffer): string;
  postToUi(messageJson: string): void;
  /** Renders a PNG and calls `fire(callId, bytesNumber)` in a later turn. */
  render(callId: number, requestJson: string): void;
  /** Returns the stored JSON, or an empty string. */
  readStorage(key: string): string;
  writeStorage(key: string, json: string): void;
  /** The keys as a JSON array. */
  storageKeys(): string;
  /** Width and height of a stored image as JSON, or an empty string. */
  sizeOfImage(hash: string): string;
  readImage(hash: string): ArrayBuffer;
  /** Lays out a `FlowNode`; returns its boxes. */
  layOutFlow(rootJson: string): string;
  /** The size of a text with these properties. */
  sizeOfText(propsJson: string, width: number, height: number): string;
  log(text: string): void;
  /** Reports calls of the window API: showUI, notify, closePlugin … */
  report(kind: string, detailJson: string): void;
}

declare global {
  var __bridge: Bridge;
}

/** Replaces bytes in a message by their number in Node. */
interface BytesMark {
  $bytes: number;
}

/** Encodes a message to the UI as JSON and passes its bytes to Node. Throws for values that Figma cannot post. */
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

/** Decodes a message from the UI. */
export function decodeMessage(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) =>
    isBytesMark(value) ? new Uint8Array(__bridge.takeBytes(value.$bytes)) : value,
  );
}

function isBytesMark(value: unknown): value is BytesMark {
  return typeof value === 'object' && value !== null && '$bytes' in value;
}
