import { layOutFlow } from './flow-layout.js';
import { buildDocument } from './sandbox/build-document.js';
import { useEngine } from './sandbox/engine.js';
import { layOutAround } from './sandbox/layout.js';
import { load, NO_ASSETS } from './sandbox/store.js';
import type { DocumentSpec, RawNode } from './spec.js';
import { sizeOfText } from './text-layout.js';

useEngine({ layOutFlow, sizeOfText });

/** The laid out nodes of a document spec, without QuickJS. */
export function buildNodes(spec: DocumentSpec): RawNode[] {
  return buildDocument(spec).nodes;
}

/**
 * Applies auto layout to all frames of plain nodes. Changes their sizes and matrices in place; the list has to contain
 * the parents of all nodes.
 */
export function layOutNodes(nodes: RawNode[]): void {
  load({
    name: '',
    nodes,
    nextId: 0,
    history: ['[]'],
    currentPageId: '0:1',
    selections: {},
    measurements: [],
    assets: NO_ASSETS,
  });
  layOutAround(nodes.map((node) => node.id));
}
