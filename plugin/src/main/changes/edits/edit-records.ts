import type { AppliedRecord } from '../../../shared/operation.js';
import { NAMESPACE } from '../provenance.js';

/** An entry of plugin data holds 100 kB (`setSharedPluginData` in the typings), with its namespace and key. */
const ENTRY_BYTES = 96_000;
/** Older records are dropped beyond this many entries. */
const MAX_ENTRIES = 4;

/** What earlier runs wrote to this target. Invalid data counts as none. */
export function readAppliedRecords(target: SceneNode): AppliedRecord[] {
  const records: AppliedRecord[] = [];
  for (let entry = 0; entry < MAX_ENTRIES; entry += 1) {
    const parsed = parse(target.getSharedPluginData(NAMESPACE, keyOf(entry)));
    if (Array.isArray(parsed)) records.push(...parsed.flatMap((item) => toRecord(item) ?? []));
  }
  return records;
}

/** Adds records, replacing those of the same edits. Drops the oldest that do not fit. */
export function addAppliedRecords(target: SceneNode, added: readonly AppliedRecord[]): void {
  const replaced = new Set(added.map(idOf));
  const kept = readAppliedRecords(target).filter((record) => !replaced.has(idOf(record)));
  const entries = packed([...kept, ...added]);
  for (let entry = 0; entry < MAX_ENTRIES; entry += 1) {
    const value = entries[entry] ?? '';
    if (target.getSharedPluginData(NAMESPACE, keyOf(entry)) !== value) {
      target.setSharedPluginData(NAMESPACE, keyOf(entry), value);
    }
  }
}

function keyOf(entry: number): string {
  return `edits.${entry}`;
}

function idOf({ sourceLayerId, what }: AppliedRecord): string {
  return JSON.stringify([sourceLayerId, what]);
}

/** The records as JSON lists that fit into entries, oldest first. */
function packed(records: readonly AppliedRecord[]): string[] {
  const entries: string[][] = [];
  let [current, size]: [string[], number] = [[], 2];
  // from the newest, so that the oldest are left over
  for (const record of [...records].reverse()) {
    const json = JSON.stringify(tupleOf(record));
    const bytes = byteLength(json) + 1;
    if (size + bytes > ENTRY_BYTES && current.length > 0) {
      entries.push(current);
      [current, size] = [[], 2];
    }
    if (entries.length === MAX_ENTRIES) break;
    current.push(json);
    size += bytes;
  }
  if (current.length > 0 && entries.length < MAX_ENTRIES) entries.push(current);
  return entries.reverse().map((lines) => `[${[...lines].reverse().join()}]`);
}

/** Without the names of the fields, which would be a third of the size. */
function tupleOf({ sourceLayerId, what, layerId, source, written }: AppliedRecord): string[] {
  return source === written ? [sourceLayerId, what, layerId, source] : [sourceLayerId, what, layerId, source, written];
}

function toRecord(value: unknown): AppliedRecord | null {
  if (!Array.isArray(value) || !value.every((field) => typeof field === 'string')) return null;
  const [sourceLayerId, what, layerId, source, written = source]: (string | undefined)[] = value;
  if (sourceLayerId === undefined || what === undefined || layerId === undefined) return null;
  return source === undefined || written === undefined ? null : { sourceLayerId, what, layerId, source, written };
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

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
