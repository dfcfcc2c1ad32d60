import { createHash } from 'node:crypto';
import type { InspectRequest, TransferRequest } from '@samepoint/shared-protocol';
import type { EngineOutcome } from '../../src/engine/engine.js';

export const SOURCE = new TextEncoder().encode('bytes of the source image');
export const TARGET = new TextEncoder().encode('bytes of the target image');

export function imageIdOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export function inspectRequest(source = SOURCE, target = TARGET): InspectRequest {
  return {
    kind: 'inspect',
    backend: 'ui',
    source: imageIdOf(source),
    target: imageIdOf(target),
    point: { x: 1, y: 2 },
    matches: 1,
  };
}

export function transferRequest(source = SOURCE, target = TARGET): TransferRequest {
  return {
    kind: 'transfer',
    backend: 'ui',
    source: { imageId: imageIdOf(source), layers: [] },
    targets: [{ targetId: 't', frame: { imageId: imageIdOf(target), layers: [] } }],
    items: [{ kind: 'point', itemId: 'i', point: { x: 1, y: 2 } }],
  };
}

export const TRANSFER_OUTCOME: EngineOutcome = {
  result: {
    kind: 'transfer',
    targets: [
      {
        targetId: 't',
        placements: [{ kind: 'point', itemId: 'i', confidence: 0.9, evidence: { image: 0.9 }, point: { x: 3, y: 4 } }],
      },
    ],
  },
};

export const INSPECT_OUTCOME: EngineOutcome = {
  result: {
    kind: 'inspect',
    matches: [{ point: { x: 3, y: 4 }, similarity: 0.8, confidence: 0.9 }],
    heatmap: { width: 2, height: 2, lowest: 0, highest: 1 },
  },
  payload: Uint8Array.of(0, 64, 128, 255),
};
