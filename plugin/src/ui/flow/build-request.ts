import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import {
  type Backend,
  type Frame,
  type Item,
  type Layer,
  LIMITS,
  type TransferRequest,
} from '@samepoint/shared-protocol';
import type { ExportedFrame, ExportedItem, Problem } from '../../shared/messages.js';

/** An exported frame with the id its pixels have on the wire. */
export interface HashedFrame extends ExportedFrame {
  /** Lower-case hex SHA-256 of `png`. */
  imageId: string;
}

/** `crypto.subtle` is missing in frames without a secure context, so the hash is computed here. */
export function hashFrame(frame: ExportedFrame): HashedFrame {
  return { ...frame, imageId: bytesToHex(sha256(frame.png)) };
}

/** The backend that the designer chose, else the first that can run without a download; null when none can. */
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

/** The job for the daemon, or why there can be none. */
export function buildRequest(parts: RequestParts, backend: string): BuiltRequest {
  const { frames, sourceId, targetIds } = parts;
  const items = parts.items.map(({ item }) => item);
  const source = frames.find((frame) => frame.nodeId === sourceId);
  const targets = targetIds.flatMap((id) => frames.find((frame) => frame.nodeId === id) ?? []);
  const problem = problemWith(frames, items, targets.length);
  if (problem !== null) return { ok: false, problem };
  if (source === undefined || targets.length < targetIds.length) return { ok: false, problem: FRAME_GONE };
  const named = new Set(items.flatMap((item) => (item.kind === 'layer' ? [item.layerId] : [])));
  const request: TransferRequest = {
    kind: 'transfer',
    backend,
    source: frameOf(source, named),
    targets: targets.map((frame) => ({ targetId: frame.nodeId, frame: frameOf(frame, new Set()) })),
    items,
  };
  return fitsOneMessage(request) ? { ok: true, request } : { ok: false, problem: TOO_MUCH };
}

/** What a message adds around the request: its type and the job's id. */
const ENVELOPE_BYTES = 1024;

function fitsOneMessage(request: TransferRequest): boolean {
  const { length } = new TextEncoder().encode(JSON.stringify(request));
  return length + ENVELOPE_BYTES <= LIMITS.controlFrameBytes;
}

const TOO_MUCH: Problem = {
  message: 'The frames have too many layers for one run.',
  hint: 'Remove some targets and run again for the rest.',
};

const FRAME_GONE: Problem = {
  message: 'A frame was not exported.',
  hint: 'It may have been deleted or hidden. Pick the frames again.',
};

function problemWith(frames: readonly HashedFrame[], items: readonly Item[], targets: number): Problem | null {
  if (items.length === 0) {
    return { message: 'There is nothing to transfer in the source frame.', hint: 'Choose another source.' };
  }
  if (items.length > LIMITS.itemsPerJob) {
    return {
      message: `The source has ${items.length} items; ${LIMITS.itemsPerJob} fit in one run.`,
      hint: 'Transfer it in parts: choose a frame inside the source.',
    };
  }
  if (targets > LIMITS.targetsPerJob) {
    return {
      message: `${targets} targets are too many; ${LIMITS.targetsPerJob} fit in one run.`,
      hint: 'Remove some targets and run again for the rest.',
    };
  }
  const large = frames.find((frame) => frame.png.length > LIMITS.imageBytes);
  if (large === undefined) return null;
  return { message: `“${large.name}” is too large to be compared.`, hint: 'Choose a smaller frame inside it.' };
}

function frameOf(frame: HashedFrame, named: ReadonlySet<string>): Frame {
  return { imageId: frame.imageId, layers: withinLimit(frame.layers, named).map(clip) };
}

/** At most `layersPerFrame` layers: those that items name first, then candidates, then the rest; in their order. */
function withinLimit(layers: readonly Layer[], named: ReadonlySet<string>): readonly Layer[] {
  if (layers.length <= LIMITS.layersPerFrame) return layers;
  const rank = (layer: Layer) => (named.has(layer.layerId) ? 0 : layer.candidate ? 1 : 2);
  const kept = new Set([...layers].sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.layersPerFrame));
  return layers.filter((layer) => kept.has(layer));
}

function clip(layer: Layer): Layer {
  const { text } = layer;
  return {
    ...layer,
    type: layer.type.slice(0, LIMITS.nameChars),
    name: layer.name.slice(0, LIMITS.nameChars),
    ...(text === undefined ? {} : { text: text.slice(0, LIMITS.textChars) }),
  };
}
