import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type ClientMessage, LIMITS, type TransferRequest } from '@samepoint/shared-protocol';
import type { ExportedItem, FinishedTarget, FrameSummary, Problem } from '../../shared/messages.js';
import { frameOf, type HashedFrame, jsonBytes, problemWith } from './request.js';

/** A run with many targets is sent as several jobs, one after another, each within these limits. */
const PART = {
  targets: LIMITS.targetsPerJob,
  messageBytes: LIMITS.controlFrameBytes,
  /** Encoded images of the targets, so that those of a part are never evicted from the daemon's store while it runs. */
  imageBytes: LIMITS.imageStoreBytes / 4,
  /** Layers of one frame as JSON. Source and one target fit a message together with all items. */
  frameBytes: 1.7 * 1024 * 1024,
} as const;

/** Typical size of a layer as JSON, to estimate the number of parts before the export. */
const TYPICAL_LAYER_BYTES = 140;

/** What a run asks for. */
export interface RequestParts {
  frames: readonly HashedFrame[];
  sourceId: string;
  /** Targets that are not finished. */
  targetIds: readonly string[];
  items: readonly ExportedItem[];
  /** Optional fields of the request. */
  flags?: Partial<TransferRequest>;
  /** Whether the daemon supports references of layers. */
  withReferences: boolean;
}

export type BuiltPart = { ok: true; request: TransferRequest } | { ok: false; problem: Problem };

/** Builds the job for as many of the first targets as fit, or the problem that prevents any. */
export function buildPart(parts: RequestParts, backend: string): BuiltPart {
  const { frames, targetIds, flags, withReferences } = parts;
  const items = parts.items.map(({ item }) => item);
  const source = frames.find((frame) => frame.nodeId === parts.sourceId);
  const problem = problemWith(source, items);
  if (problem !== null) return { ok: false, problem };
  const targets = targetIds.flatMap((id) => frames.find((frame) => frame.nodeId === id) ?? []);
  if (source === undefined || targets.length < targetIds.length) return { ok: false, problem: FRAME_MISSING };
  const request: TransferRequest = {
    kind: 'transfer',
    backend,
    source: sourceFrame(source, parts),
    targets: [],
    items,
    ...flags,
  };
  const message: ClientMessage = { type: 'job.start', jobId: 'x'.repeat(LIMITS.idChars), request };
  let [bytes, imageBytes] = [jsonBytes(message), 0];
  for (const target of targets.slice(0, PART.targets)) {
    const entry = targetOf(target, withReferences);
    bytes += entry.bytes;
    imageBytes += target.png.length;
    const isFull = bytes > PART.messageBytes || imageBytes > PART.imageBytes;
    if (isFull && request.targets.length > 0) break;
    request.targets.push(entry.target);
  }
  return { ok: true, request };
}

const FRAME_MISSING: Problem = {
  message: 'A frame was not exported.',
  hint: 'It may be deleted or hidden. Choose the frames again.',
};

function sourceFrame(source: HashedFrame, { items, withReferences }: Pick<RequestParts, 'items' | 'withReferences'>) {
  const itemLayers = new Set(items.flatMap(({ item }) => (item.kind === 'layer' ? [item.layerId] : [])));
  return frameOf(source, { itemLayers, maxBytes: PART.frameBytes, withReferences });
}

interface TargetEntry {
  withReferences: boolean;
  target: TransferRequest['targets'][number];
  /** In a request, with a comma. */
  bytes: number;
}

/** Targets as they are sent; each part asks for those that are left. */
const entries = new WeakMap<HashedFrame, TargetEntry>();

function targetOf(frame: HashedFrame, withReferences: boolean): TargetEntry {
  const known = entries.get(frame);
  if (known?.withReferences === withReferences) return known;
  const options = { itemLayers: new Set<string>(), maxBytes: PART.frameBytes, withReferences };
  const target = { targetId: frame.nodeId, frame: frameOf(frame, options) };
  const entry = { withReferences, target, bytes: jsonBytes(target) + 1 };
  entries.set(frame, entry);
  return entry;
}

/** Keys of targets: equal as long as target, source and items are. */
export function targetKeys(parts: RequestParts, targetIds: readonly string[]): Map<string, string> {
  const source = parts.frames.find((frame) => frame.nodeId === parts.sourceId);
  if (source === undefined) return new Map();
  const asked = [sourceFrame(source, { ...parts, withReferences: true }), parts.items.map(({ item }) => item)];
  const sourceKey = hashOf(JSON.stringify(asked));
  return new Map(
    targetIds.flatMap((id) => {
      const frame = parts.frames.find(({ nodeId }) => nodeId === id);
      if (frame === undefined) return [];
      return [[id, hashOf(`${sourceKey} ${frame.imageId} ${JSON.stringify(frame.layers)}`)]];
    }),
  );
}

function hashOf(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

/** The finished targets of an earlier session whose designs have not changed since. */
export function stillValid(parts: RequestParts, finished: readonly FinishedTarget[]): FinishedTarget[] {
  if (finished.length === 0) return [];
  const keys = targetKeys(
    parts,
    finished.map(({ target }) => target.targetId),
  );
  return finished.filter(({ key, target }) => keys.get(target.targetId) === key);
}

/** What the size of the picked frames means for the run, as sentences. Known before anything is exported. */
export function scaleNotes(source: FrameSummary, targets: readonly FrameSummary[]): string[] {
  const large = [source, ...targets].filter(({ layers }) => layers > LIMITS.layersPerFrame);
  const [first] = large;
  const parts = estimateParts(source, targets);
  return [
    ...(first === undefined ? [] : [largeNote(first, large.length)]),
    ...(parts === 1 ? [] : [`The frames have many layers, so Samepoint compares them in about ${parts} parts.`]),
  ];
}

function largeNote({ name, layers }: FrameSummary, amount: number): string {
  const limit = `Only the first ${LIMITS.layersPerFrame} are compared.`;
  if (amount > 1) return `${amount} frames have more than ${LIMITS.layersPerFrame} layers. ${limit}`;
  return `“${name}” has ${layers} layers. ${limit}`;
}

function estimateParts(source: FrameSummary, targets: readonly FrameSummary[]): number {
  const bytesOf = ({ layers }: FrameSummary) => Math.min(layers, LIMITS.layersPerFrame) * TYPICAL_LAYER_BYTES;
  const bytes = targets.reduce((sum, target) => sum + bytesOf(target), 0);
  return Math.max(1, Math.ceil(bytes / (PART.messageBytes - bytesOf(source))));
}
