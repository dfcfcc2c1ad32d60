import type { Backend, ErrorCode, ErrorPayload, Layer, Placement, TransferResult } from '@samepoint/shared-protocol';
import type { ExportedFrame, ExportedItem, FrameSummary } from '../../src/shared/messages.js';
import type { Welcome } from '../../src/ui/connection/connection.js';

export const UI_BACKEND: Backend = { id: 'ui', title: 'Mockups', state: 'embedded' };

export function frameSummary(nodeId: string, annotations = 0): FrameSummary {
  return { nodeId, name: `Frame ${nodeId}`, width: 400, height: 300, annotations, layers: 3, blocked: null };
}

export function layer(layerId: string, box = { x: 10, y: 20, w: 100, h: 40 }): Layer {
  return { layerId, type: 'FRAME', name: `Layer ${layerId}`, box, candidate: true };
}

/** A frame whose pixels differ from those of every other id. */
export function exportedFrame(nodeId: string, layers: Layer[] = [layer(`${nodeId}-a`)]): ExportedFrame {
  const png = new TextEncoder().encode(`png of ${nodeId}`);
  return { nodeId, name: `Frame ${nodeId}`, png, width: 400, height: 300, layers };
}

export function layerItem(itemId: string, layerId: string): ExportedItem {
  return { item: { kind: 'layer', itemId, layerId }, label: `Item ${itemId}`, detail: 'Annotation' };
}

export function layerPlacement(
  itemId: string,
  confidence: number,
  place: { layerId: string | null; box: Layer['box'] | null },
): Placement {
  return { kind: 'layer', itemId, confidence, evidence: { image: confidence }, ...place };
}

export function resultFor(targetId: string, placements: Placement[]): TransferResult {
  return { kind: 'transfer', targets: [{ targetId, placements }] };
}

export function welcome(parts: Partial<Welcome> = {}): Welcome {
  return {
    type: 'welcome',
    protocol: 1,
    daemon: 'samepoint 0.1.0',
    limits: {},
    features: [],
    device: { provider: 'cpu', description: 'CPU (8 threads)', reason: 'There is no GPU.' },
    backends: [UI_BACKEND],
    jobs: [],
    ...parts,
  };
}

export function failure(code: ErrorCode, parts: Partial<ErrorPayload> = {}): ErrorPayload {
  return { code, message: `What happened: ${code}.`, hint: 'What to do next.', retryable: false, ...parts };
}
