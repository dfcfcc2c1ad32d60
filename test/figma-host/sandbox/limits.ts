import { promise } from './event-loop.js';

/** Typings, `setSharedPluginData`: namespace, key and value together, at most 100 kB. */
const PLUGIN_DATA_BYTES = 100_000;
/** https://developers.figma.com/docs/plugins/api/figma-clientStorage: 5 MB for each plugin. */
const STORAGE_BYTES = 5_000_000;

/** Throws like Figma for an entry of plugin data that is too large, or a namespace that is too short. */
export function checkPluginData(method: string, namespace: string, key: string, value: string): void {
  if (!/^[A-Za-z0-9_.-]{3,}$/.test(namespace)) {
    throw new Error(`in ${method}: The namespace must be at least 3 alphanumeric characters`);
  }
  if (utf8Length(namespace) + utf8Length(key) + utf8Length(value) > PLUGIN_DATA_BYTES) {
    throw new Error(`in ${method}: The total size of the entry (namespace, key, value) cannot exceed 100 kB`);
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** Bytes as a string with one letter for each, in stored JSON. */
interface StoredBytes {
  $bytes: string;
}

function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) {
    let text = '';
    for (const byte of value) text += String.fromCharCode(byte);
    return { $bytes: text } satisfies StoredBytes;
  }
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'function' || typeof value === 'symbol') throw new Error(`Cannot unwrap ${typeof value}`);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, encode(part)]));
}

function decode(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$bytes' in value)) return value;
    const text = String(value.$bytes);
    return Uint8Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
  });
}

/** How much of the storage a value takes: bytes as they are, the rest as JSON. */
function storedLength(value: unknown): number {
  let bytes = 0;
  const json = JSON.stringify(value, (_, part: unknown) => {
    if (!(part instanceof Uint8Array)) return part;
    bytes += part.length;
    return '';
  });
  return bytes + utf8Length(json ?? '');
}

/** `figma.clientStorage`. It is no part of the document: undo does not change it. */
export const clientStorage = {
  getAsync: (key: string) =>
    promise(() => {
      const json = __bridge.readStorage(key);
      return json === '' ? undefined : decode(json);
    }),
  setAsync: (key: string, value: unknown) =>
    promise(() => {
      const others = storedKeys().filter((one) => one !== key);
      const used = others.reduce(
        (sum, one) => sum + utf8Length(one) + storedLength(decode(__bridge.readStorage(one))),
        0,
      );
      if (used + utf8Length(key) + storedLength(value) > STORAGE_BYTES) {
        throw new Error('in setAsync: Storage quota exceeded: a plugin can store 5 MB');
      }
      __bridge.writeStorage(key, value === undefined ? '' : JSON.stringify(encode(value)));
    }),
  deleteAsync: (key: string) => promise(() => __bridge.writeStorage(key, '')),
  keysAsync: () => promise(storedKeys),
};

function storedKeys(): string[] {
  return JSON.parse(__bridge.storageKeys()) as string[];
}
