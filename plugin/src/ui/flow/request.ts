import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  type Backend,
  type ClientMessage,
  type Frame,
  type Item,
  type Layer,
  LIMITS,
  type TransferRequest,
} from '@samepoint/shared-protocol';
import type { ExportedFrame, ExportedItem, Problem } from '../../shared/messages.js';

/** An exported frame with the id of its image in the protocol. */
export interface HashedFrame extends ExportedFrame {
  /** Lower-case hex SHA-256 of `png`. */
  imageId: string;
}

/** Hashes in JavaScript, since `crypto.subtle` is missing in iframes without a secure context. */
export function hashFrame(frame: ExportedFrame): HashedFrame {
  return { ...frame, imageId: bytesToHex(sha256(frame.png)) };
}

/** The chosen backend, else the first that needs no download; null for none. */
export function chooseBackend(backends: readonly Backend[], chosen: string | null): Backend | null {
  const found = backends.find(({ id }) => id === chosen);
  return found ?? backends.find(({ state }) => state !== 'missing') ?? null;
}

export interface RequestParts {
  frames: readonly HashedFrame[];
  sourceId: string;
  targetIds: readonly string[];
  items: readonly ExportedItem[];
}

export type BuiltRequest = { ok: true; request: TransferRequest } | { ok: false; problem: Problem };

/** Builds the job for the daemon, or the problem that prevents it. */
export function buildRequest(parts: RequestParts, backend: string): BuiltRequest {
  const { frames, sourceId, targetIds } = parts;
  const items = parts.items.map(({ item }) => item);
  const source = frames.find((frame) => frame.nodeId === sourceId);
  const targets = targetIds.flatMap((id) => frames.find((frame) => frame.nodeId === id) ?? []);
  const problem = problemWith(source, items, targets.length);
  if (problem !== null) return { ok: false, problem };
  if (source === undefined || targets.length < targetIds.length) return { ok: false, problem: FRAME_MISSING };
  const itemLayers = new Set(items.flatMap((item) => (item.kind === 'layer' ? [item.layerId] : [])));
  const request: TransferRequest = {
    kind: 'transfer',
    backend,
    source: frameOf(source, itemLayers),
    targets: targets.map((frame) => ({ targetId: frame.nodeId, frame: frameOf(frame, new Set()) })),
    items,
  };
  return fitsOneMessage(request) ? { ok: true, request } : { ok: false, problem: TOO_MANY_LAYERS };
}

function fitsOneMessage(request: TransferRequest): boolean {
  const message: ClientMessage = { type: 'job.start', jobId: 'x'.repeat(LIMITS.idChars), request };
  return new TextEncoder().encode(JSON.stringify(message)).length <= LIMITS.controlFrameBytes;
}

const TOO_MANY_LAYERS: Problem = {
  message: 'The frames have too many layers for one run.',
  hint: 'Remove some targets, then run again for the rest.',
};

const FRAME_MISSING: Problem = {
  message: 'A frame was not exported.',
  hint: 'It may be deleted or hidden. Choose the frames again.',
};

function problemWith(source: HashedFrame | undefined, items: readonly Item[], targets: number): Problem | null {
  if (items.length === 0) {
    return { message: 'The source frame has nothing to transfer.', hint: 'Choose another source.' };
  }
  if (items.length > LIMITS.itemsPerJob) {
    return {
      message: `The source has ${items.length} items, but a run takes up to ${LIMITS.itemsPerJob}.`,
      hint: 'Choose a frame inside the source to transfer it in parts.',
    };
  }
  if (targets > LIMITS.targetsPerJob) {
    return {
      message: `A run takes up to ${LIMITS.targetsPerJob} targets, but ${targets} are selected.`,
      hint: 'Remove some targets, then run again for the rest.',
    };
  }
  // the daemon refuses targets that are too large, one by one
  if (source === undefined || source.png.length <= LIMITS.imageBytes) return null;
  return { message: `“${source.name}” is too large to compare.`, hint: 'Choose a smaller frame inside it.' };
}

function frameOf(frame: HashedFrame, itemLayers: ReadonlySet<string>): Frame {
  return { imageId: frame.imageId, layers: limitLayers(frame.layers, itemLayers).map(truncateTexts) };
}

/** Keeps up to `layersPerFrame` layers in their order: layers of items first, then candidates, then the rest. */
function limitLayers(layers: readonly Layer[], itemLayers: ReadonlySet<string>): readonly Layer[] {
  if (layers.length <= LIMITS.layersPerFrame) return layers;
  const rank = (layer: Layer) => (itemLayers.has(layer.layerId) ? 0 : layer.candidate ? 1 : 2);
  const kept = new Set([...layers].sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.layersPerFrame));
  return layers.filter((layer) => kept.has(layer));
}

function truncateTexts(layer: Layer): Layer {
  const { text } = layer;
  return {
    ...layer,
    type: layer.type.slice(0, LIMITS.nameChars),
    name: layer.name.slice(0, LIMITS.nameChars),
    ...(text === undefined ? {} : { text: text.slice(0, LIMITS.textChars) }),
  };
}
