import type { Layer } from '@samepoint/shared-protocol';
import { diffDesigns } from '../edits/diff-designs.js';
import { fingerprint } from '../edits/fingerprint.js';
import type { Design, Value } from '../shared/design.js';
import type { Problem, RecordingSummary } from '../shared/messages.js';
import { summarizeFrame } from './canvas/frame-summaries.js';
import { findFrame, findSceneNode } from './canvas/nodes.js';
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
  /** Node ids repeat in other files, so that a recording names its file and some of its layers. */
  file: string;
  nodeId: string;
  name: string;
  recordedAt: number;
  samples: Sample[];
  bytes?: number;
  /** Fingerprint of the frame whose edits were transferred last. */
  transferred?: string;
}

type Sample = [id: string, type: string, name: string];

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
/** Number of layers that tell a file from others of the same name. */
const SAMPLES = 12;

/**
 * Stores a recording in place of an earlier one of the same frame, which stays if the new one does not fit. A picture that
 * does not fit is dropped. Throws if the storage cannot be read.
 */
export async function saveRecording(name: string, recording: Recording, now: number): Promise<Problem | null> {
  const { design, layers, image } = recording;
  const packed = packJson({ design, layers });
  if (packed.length > BYTES.design) return tooLarge(name);
  const entry = newEntry(name, design, now);
  const known = await readIndex();
  const earlier = await entryOf(design.rootId);
  const others = known.filter(({ key }) => key !== earlier?.key);
  const used = others.reduce((sum, other) => sum + (other.bytes ?? 0), 0);
  const pictures = image !== null && packed.length + image.png.length <= BYTES.total ? [image, null] : [null];
  for (const picture of pictures) {
    const bytes = packed.length + (picture?.png.length ?? 0);
    if (used + bytes > BYTES.all) continue;
    const index = [...others, { ...entry, bytes }];
    if (await replace(earlier, index, entry.key, { packed, image: picture })) return null;
  }
  return known.length === 0 ? tooLarge(name) : noRoom(name, known);
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

function newEntry(name: string, design: Design, now: number): Entry {
  const file = figma.root.name;
  const key = `recording/${file}/${design.rootId}/${now}`;
  const layers = Object.values(design.layers).slice(0, SAMPLES);
  const samples = layers.map((layer): Sample => [layer.id, layer.type, layer.name]);
  return { key, file, nodeId: design.rootId, name, recordedAt: now, samples };
}

function tooLarge(name: string): Problem {
  return { message: `“${name}” has too many layers to record.`, hint: 'Record a frame inside it.' };
}

/** The window lists the recordings of its own file only. */
function noRoom(name: string, known: readonly Entry[]): Problem {
  const [other] = known;
  const isHere = other === undefined || known.some(({ file }) => file === figma.root.name);
  return {
    message: `No room to record “${name}”.`,
    hint: isHere
      ? 'Delete a recording in “Transfer recorded edits…”.'
      : `Delete a recording in the file “${other.file.slice(0, 20)}”.`,
  };
}

/** The recordings of this file, the newest first; none if the storage cannot be read. */
export async function listRecordings(): Promise<RecordingSummary[]> {
  const entries = await readIndex().catch(() => []);
  const summaries = await Promise.all(entries.map(summarize));
  return summaries.filter((summary) => summary !== null).sort((a, b) => b.recordedAt - a.recordedAt);
}

async function summarize(entry: Entry): Promise<RecordingSummary | null> {
  if (!(await isOfThisFile(entry))) return null;
  const frame = await findFrame(entry.nodeId);
  const { nodeId, name, recordedAt } = entry;
  return { nodeId, name, recordedAt, frame: frame === null ? null : summarizeFrame(frame) };
}

/** The recording of a frame; null if there is none in this file. */
export async function loadRecording(nodeId: string): Promise<Recording | null> {
  const entry = await entryOf(nodeId);
  if (entry === null) return null;
  const stored: unknown = await figma.clientStorage.getAsync(entry.key);
  return toRecording(stored);
}

/** Remembers that the edits up to this state of the frame were transferred. */
export async function markTransferred(design: Design): Promise<void> {
  const entry = await entryOf(design.rootId);
  if (entry === null) return;
  const index = (await readIndex()).map((each) =>
    each.key === entry.key ? { ...each, transferred: fingerprintOf(design) } : each,
  );
  await figma.clientStorage.setAsync(INDEX_KEY, index);
}

/** Whether the frame has recorded edits that a new recording would lose: they were not transferred. */
export async function hasEditsToLose(design: Design): Promise<boolean> {
  const entry = await entryOf(design.rootId);
  if (entry === null || entry.transferred === fingerprintOf(design)) return false;
  const recording = await loadRecording(design.rootId);
  return recording !== null && diffDesigns(recording.design, design).length > 0;
}

function fingerprintOf({ layers }: Design): string {
  const json: Value = JSON.parse(JSON.stringify(layers));
  return fingerprint(json);
}

export async function deleteRecording(nodeId: string): Promise<void> {
  const entry = await entryOf(nodeId);
  if (entry === null) return;
  await figma.clientStorage.deleteAsync(entry.key);
  const rest = (await readIndex()).filter(({ key }) => key !== entry.key);
  await figma.clientStorage.setAsync(INDEX_KEY, rest);
}

async function entryOf(nodeId: string): Promise<Entry | null> {
  for (const entry of await readIndex()) if (entry.nodeId === nodeId && (await isOfThisFile(entry))) return entry;
  return null;
}

/**
 * Whether a recording is of this file. Most of its layers are here in a file of another name, as after it was renamed; one
 * is enough in a file of the same name. A deleted frame belongs to the file of its name.
 */
async function isOfThisFile({ file, nodeId, samples }: Entry): Promise<boolean> {
  const isSameName = file === figma.root.name;
  if ((await findSceneNode(nodeId)) === null) return isSameName;
  const found = await Promise.all(samples.map(isHere));
  const here = found.filter((one) => one).length;
  return isSameName ? here > 0 : here > samples.length / 2;
}

async function isHere([id, type, name]: Sample): Promise<boolean> {
  const node = await findSceneNode(id);
  return node !== null && node.type === type && node.name === name;
}

/** Throws if the storage cannot be read: an index written then would lose the other recordings. */
async function readIndex(): Promise<Entry[]> {
  const stored: unknown = await figma.clientStorage.getAsync(INDEX_KEY);
  return Array.isArray(stored) ? stored.filter(isEntry) : [];
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { key, file, nodeId, name, recordedAt, samples }: Partial<Record<string, unknown>> = { ...value };
  const texts = [key, file, nodeId, name].every((text) => typeof text === 'string');
  return texts && typeof recordedAt === 'number' && Array.isArray(samples);
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
