import type { Layer } from '@samepoint/shared-protocol';
import { diffDesigns } from '../edits/diff-designs.js';
import { fingerprint } from '../edits/fingerprint.js';
import { layersInOrder } from '../edits/tree.js';
import type { Design, Value } from '../shared/design.js';
import type { Problem, RecordingSummary } from '../shared/messages.js';
import { summarizeFrame } from './canvas/frame-summaries.js';
import { findFrame } from './canvas/nodes.js';
import { type FileFacts, fileFacts, matchFile, toFileFacts } from './file-identity.js';
import { packJson, unpackJson } from './packed-json.js';

/** A frame as it was when recording began. */
export interface Recording {
  design: Design;
  layers: Layer[];
  /** The image that `layers` are in; null if it did not fit. */
  image: { png: Uint8Array; width: number; height: number } | null;
}

/** What is known of a recording without reading it. */
interface Entry {
  key: string;
  facts: FileFacts;
  nodeId: string;
  name: string;
  recordedAt: number;
  /** Names of files with the same nodes where it was deleted or replaced. */
  hiddenIn?: string[];
  bytes?: number;
  /** Fingerprint of the frame whose edits were transferred last. */
  transferred?: string;
}

const INDEX_KEY = 'recordings';
/** Client storage holds 5 MB for all recordings and settings (developers.figma.com, figma.clientStorage). */
const BYTES = {
  /** A recording without its picture. */
  design: 2_000_000,
  /** A recording with its picture. */
  total: 2_500_000,
  /** All recordings. The rest of the storage is for settings and for results of a run that is resumed. */
  all: 3_800_000,
} as const;
/**
 * Stores a recording in place of an earlier one of the same frame, which stays if the new one does not fit. A picture that
 * does not fit is dropped. Throws if the storage cannot be read.
 */
export async function saveRecording(name: string, recording: Recording, now: number): Promise<Problem | null> {
  const { design, layers, image } = recording;
  const packed = packJson({ design, layers });
  if (packed.length > BYTES.design) return tooLarge(name);
  const entry = await newEntry(name, design, now);
  const known = await readIndex();
  const found = await entryOf(design.rootId);
  const earlier = found?.match === 'same' ? found.entry : null;
  const others = known.filter(({ key }) => key !== earlier?.key);
  const stored = await saveBeside(others, earlier, entry, packed, image);
  if (stored) return null;
  // that of a file of another name, which this one replaces here
  if (found?.match === 'copy') {
    await remove(found.entry);
    const rest = others.filter(({ key }) => key !== found.entry.key);
    if (await saveBeside(rest, null, entry, packed, image)) return null;
  }
  return known.length === 0 ? tooLarge(name) : noRoom(name, known);
}

/** Stores a recording, without its picture if that does not fit. Returns false if the rest does not fit either. */
async function saveBeside(
  others: readonly Entry[],
  earlier: Entry | null,
  entry: Entry,
  packed: Uint8Array,
  image: Recording['image'],
): Promise<boolean> {
  const used = others.reduce((sum, other) => sum + (other.bytes ?? 0), 0);
  const pictures = image !== null && packed.length + image.png.length <= BYTES.total ? [image, null] : [null];
  for (const picture of pictures) {
    const bytes = packed.length + (picture?.png.length ?? 0);
    if (used + bytes > BYTES.all) continue;
    const index = [...others, { ...entry, bytes }];
    if (await replace(earlier, index, entry.key, { packed, image: picture })) return true;
  }
  return false;
}

/** Stores a recording, then removes the earlier one. Returns false, with the earlier one in place, if the storage is full. */
async function replace(
  earlier: Entry | null,
  index: readonly Entry[],
  key: string,
  value: StoredRecording,
): Promise<boolean> {
  const isStored = await store(index, key, value);
  if (earlier === null || earlier.key === key) return isStored;
  if (isStored) {
    await figma.clientStorage.deleteAsync(earlier.key);
    return true;
  }
  // there may be room for one of the two
  const content: unknown = await figma.clientStorage.getAsync(earlier.key);
  await figma.clientStorage.deleteAsync(earlier.key);
  if (await store(index, key, value)) return true;
  await figma.clientStorage.setAsync(earlier.key, content);
  return false;
}

interface StoredRecording {
  packed: Uint8Array;
  image: Recording['image'];
}

/** Returns false if the storage is full. */
async function store(index: readonly Entry[], key: string, value: StoredRecording): Promise<boolean> {
  try {
    await figma.clientStorage.setAsync(key, value);
    await figma.clientStorage.setAsync(INDEX_KEY, index);
    return true;
  } catch {
    await figma.clientStorage.deleteAsync(key);
    return false;
  }
}

async function newEntry(name: string, design: Design, now: number): Promise<Entry> {
  const { rootId } = design;
  const facts = await fileFacts(rootId, layersInOrder(design));
  return { key: `recording/${facts.file}/${rootId}/${now}`, facts, nodeId: rootId, name, recordedAt: now };
}

function tooLarge(name: string): Problem {
  return { message: `“${name}” has too many layers to record.`, hint: 'Record a frame inside it.' };
}

/** The window lists the recordings of its own file only. */
function noRoom(name: string, known: readonly Entry[]): Problem {
  const [other] = known;
  const isHere = other === undefined || known.some(({ facts }) => facts.file === figma.root.name);
  return {
    message: `No room to record “${name}”.`,
    hint: isHere
      ? 'Delete a recording in “Transfer recorded edits…”.'
      : `Delete a recording in the file “${other.facts.file.slice(0, 20)}”.`,
  };
}

/** The recordings of this file, the newest first; none if the storage cannot be read. */
export async function listRecordings(): Promise<RecordingSummary[]> {
  const found = await entriesHere().catch(() => []);
  const frames = new Set(found.map(({ entry }) => entry.nodeId));
  const used = [...frames].flatMap((nodeId) => bestOf(found, nodeId)?.entry ?? []);
  const summaries = await Promise.all(used.map(summarize));
  return summaries.sort((a, b) => b.recordedAt - a.recordedAt);
}

async function summarize({ nodeId, name, recordedAt }: Entry): Promise<RecordingSummary> {
  const frame = await findFrame(nodeId);
  return { nodeId, name, recordedAt, frame: frame === null ? null : summarizeFrame(frame) };
}

/** The recording of a frame; null if there is none in this file. */
export async function loadRecording(nodeId: string): Promise<Recording | null> {
  const found = await entryOf(nodeId);
  if (found === null) return null;
  const stored: unknown = await figma.clientStorage.getAsync(found.entry.key);
  return toRecording(stored);
}

/** Remembers that the edits up to this state of the frame were transferred. */
export async function markTransferred(design: Design): Promise<void> {
  const found = await entryOf(design.rootId);
  if (found === null) return;
  await change(found.entry.key, (entry) => ({ ...entry, transferred: fingerprintOf(design) }));
}

/** Whether the frame has recorded edits that a new recording would lose: they were not transferred. */
export async function hasEditsToLose(design: Design): Promise<boolean> {
  const found = await entryOf(design.rootId);
  if (found === null || found.entry.transferred === fingerprintOf(design)) return false;
  const recording = await loadRecording(design.rootId);
  return recording !== null && diffDesigns(recording.design, design).length > 0;
}

function fingerprintOf({ layers }: Design): string {
  const json: Value = JSON.parse(JSON.stringify(layers));
  return fingerprint(json);
}

/** Deletes the recording of a frame. That of a file of another name stays there, and is hidden here. */
export async function deleteRecording(nodeId: string): Promise<void> {
  const found = await entryOf(nodeId);
  if (found === null) return;
  if (found.match === 'same') return remove(found.entry);
  const { key, hiddenIn = [] } = found.entry;
  await change(key, (entry) => ({ ...entry, hiddenIn: [...hiddenIn, figma.root.name] }));
}

async function remove({ key }: Entry): Promise<void> {
  await figma.clientStorage.deleteAsync(key);
  const rest = (await readIndex()).filter((entry) => entry.key !== key);
  await figma.clientStorage.setAsync(INDEX_KEY, rest);
}

async function change(key: string, to: (entry: Entry) => Entry): Promise<void> {
  const index = await readIndex();
  await figma.clientStorage.setAsync(
    INDEX_KEY,
    index.map((entry) => (entry.key === key ? to(entry) : entry)),
  );
}

/** A recording that can be used in this file. */
interface Found {
  entry: Entry;
  match: 'same' | 'copy';
}

async function entriesHere(): Promise<Found[]> {
  const found: Found[] = [];
  for (const entry of await readIndex()) {
    const match = await matchFile(entry.facts);
    if (match !== 'other' && entry.hiddenIn?.includes(figma.root.name) !== true) found.push({ entry, match });
  }
  return found;
}

/** The recording of the frame in this file, else the newest in a file with the same nodes. */
function bestOf(found: readonly Found[], nodeId: string): Found | null {
  const rank = ({ entry, match }: Found) => (match === 'same' ? Number.POSITIVE_INFINITY : entry.recordedAt);
  const [best] = found.filter(({ entry }) => entry.nodeId === nodeId).sort((a, b) => rank(b) - rank(a));
  return best ?? null;
}

async function entryOf(nodeId: string): Promise<Found | null> {
  return bestOf(await entriesHere(), nodeId);
}

/** Throws if the storage cannot be read: an index written then would lose the other recordings. */
async function readIndex(): Promise<Entry[]> {
  const stored: unknown = await figma.clientStorage.getAsync(INDEX_KEY);
  return Array.isArray(stored) ? stored.filter(isEntry) : [];
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { key, facts, nodeId, name, recordedAt }: Partial<Record<string, unknown>> = { ...value };
  const texts = [key, nodeId, name].every((text) => typeof text === 'string');
  return texts && typeof recordedAt === 'number' && toFileFacts(facts) !== null;
}

function toRecording(stored: unknown): Recording | null {
  if (typeof stored !== 'object' || stored === null) return null;
  const { packed, image }: Partial<Record<string, unknown>> = { ...stored };
  if (!(packed instanceof Uint8Array)) return null;
  try {
    const value = unpackJson(packed);
    return isContent(value) ? { ...value, image: isImage(image) ? image : null } : null;
  } catch {
    return null;
  }
}

function isContent(value: unknown): value is Pick<Recording, 'design' | 'layers'> {
  return typeof value === 'object' && value !== null && 'design' in value && 'layers' in value;
}

function isImage(value: unknown): value is NonNullable<Recording['image']> {
  return typeof value === 'object' && value !== null && 'png' in value && value.png instanceof Uint8Array;
}
