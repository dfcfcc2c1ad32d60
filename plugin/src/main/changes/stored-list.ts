import { NAMESPACE } from '../canvas/plugin-data.js';

/** An entry of plugin data holds 100 kB (`setSharedPluginData` in the typings), with its namespace and key. */
const ENTRY_BYTES = 96_000;
/** Older items are dropped beyond this many entries, so that a file does not grow without end. */
const MAX_ENTRIES = 4;

type DataHolder = Pick<PluginDataMixin, 'getSharedPluginData'>;

/** The items of a list that is stored in entries of shared plugin data. Entries that are no list count as none. */
export function readList(holder: DataHolder, name: string): unknown[] {
  const items: unknown[] = [];
  for (let entry = 0; entry < MAX_ENTRIES; entry += 1) {
    const parsed = parseJson(holder.getSharedPluginData(NAMESPACE, keyOf(name, entry)));
    if (Array.isArray(parsed)) items.push(...parsed);
  }
  return items;
}

/**
 * Stores a list in as many entries as it needs, and drops the oldest items that do not fit.
 * @param items JSON, oldest first
 * @param write sets an entry of shared plugin data
 * @returns the number of dropped items
 */
export function writeList(name: string, items: readonly string[], write: (key: string, value: string) => void): number {
  const entries = packed(items);
  for (let entry = 0; entry < MAX_ENTRIES; entry += 1) {
    const stored = entries[entry] ?? [];
    write(keyOf(name, entry), stored.length === 0 ? '' : `[${stored.join()}]`);
  }
  return items.length - entries.reduce((sum, { length }) => sum + length, 0);
}

/** The keys of all entries that a list may have. */
export function listKeys(name: string): string[] {
  return Array.from({ length: MAX_ENTRIES }, (_, entry) => keyOf(name, entry));
}

/** The value of JSON text, or null if it is none. */
export function parseJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

function keyOf(name: string, entry: number): string {
  return `${name}.${entry}`;
}

/** Fills entries from the newest item on, so that the oldest are left over. */
function packed(items: readonly string[]): string[][] {
  const entries: string[][] = [];
  let [current, size]: [string[], number] = [[], 2];
  for (const json of [...items].reverse()) {
    const bytes = byteLength(json) + 1;
    if (bytes + 2 > ENTRY_BYTES) continue;
    if (size + bytes > ENTRY_BYTES) {
      entries.push(current);
      [current, size] = [[], 2];
    }
    if (entries.length === MAX_ENTRIES) break;
    current.push(json);
    size += bytes;
  }
  if (current.length > 0) entries.push(current);
  return entries.reverse().map((entry) => [...entry].reverse());
}

/** Length in UTF-8. */
function byteLength(text: string): number {
  let bytes = 0;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    // a surrogate is half of a character of four bytes
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes;
}
