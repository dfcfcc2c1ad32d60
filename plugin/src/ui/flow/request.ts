import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Backend, type Frame, type Item, type Layer, LIMITS } from '@samepoint/shared-protocol';
import type { ExportedFrame, Problem } from '../../shared/messages.js';

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

/** Why a source with these items cannot be transferred; null if it can. */
export function problemWith(source: HashedFrame | undefined, items: readonly Item[]): Problem | null {
  if (items.length === 0) {
    return { message: 'The source frame has nothing to transfer.', hint: 'Choose another source.' };
  }
  if (items.length > LIMITS.itemsPerJob) {
    return {
      message: `The source has ${items.length} items, but a run takes up to ${LIMITS.itemsPerJob}.`,
      hint: 'Choose a frame inside the source to transfer it in parts.',
    };
  }
  // the daemon refuses targets that are too large, one by one
  if (source === undefined || source.png.length <= LIMITS.imageBytes) return null;
  return { message: `“${source.name}” is too large to compare.`, hint: 'Choose a smaller frame inside it.' };
}

export interface FrameOptions {
  /** Ids of layers that are kept in any case. */
  itemLayers: ReadonlySet<string>;
  /** Of its layers as JSON. */
  maxBytes: number;
  /** Whether the daemon supports references of layers. */
  withReferences: boolean;
}

/** A frame of a request. Boxes are rounded, since a tenth of a pixel is more than matching needs. */
export function frameOf(frame: HashedFrame, { itemLayers, maxBytes, withReferences }: FrameOptions): Frame {
  const layers = frame.layers.map((layer) => compactLayer(layer, withReferences));
  return { imageId: frame.imageId, layers: limitLayers(layers, itemLayers, maxBytes) };
}

/** Keeps as many layers as fit, in their order: layers of items first, then candidates, then the rest. */
function limitLayers(layers: Layer[], itemLayers: ReadonlySet<string>, maxBytes: number): Layer[] {
  const bytes = new Map(layers.map((layer) => [layer, jsonBytes(layer)]));
  const total = [...bytes.values()].reduce((sum, one) => sum + one, 0);
  if (layers.length <= LIMITS.layersPerFrame && total <= maxBytes) return layers;
  const rank = (layer: Layer) => (itemLayers.has(layer.layerId) ? 0 : layer.candidate ? 1 : 2);
  const kept = new Set<Layer>();
  let used = 0;
  for (const layer of [...layers].sort((a, b) => rank(a) - rank(b)).slice(0, LIMITS.layersPerFrame)) {
    used += bytes.get(layer) ?? 0;
    if (used > maxBytes) break;
    kept.add(layer);
  }
  return layers.filter((layer) => kept.has(layer));
}

function compactLayer({ references, ...layer }: Layer, withReferences: boolean): Layer {
  const { text, box } = layer;
  return {
    ...layer,
    ...(references === undefined || !withReferences ? {} : { references }),
    type: layer.type.slice(0, LIMITS.nameChars),
    name: layer.name.slice(0, LIMITS.nameChars),
    ...(text === undefined ? {} : { text: text.slice(0, LIMITS.textChars) }),
    box: { x: toTenths(box.x), y: toTenths(box.y), w: toTenths(box.w), h: toTenths(box.h) },
  };
}

function toTenths(value: number): number {
  return Math.round(value * 10) / 10;
}

const encoder = new TextEncoder();

/** Size of a value as JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}
