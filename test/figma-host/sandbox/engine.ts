import type { FlowBox, FlowNode } from '../flow-layout.js';
import type { Json } from '../spec.js';

type Props = { [property: string]: Json };

/** Lays out text and auto layout. Runs in Node, since it needs fonts and Yoga. */
export interface LayoutEngine {
  layOutFlow(root: FlowNode): FlowBox[];
  sizeOfText(props: Props, width: number, height: number): { width: number; height: number };
}

const bridged: LayoutEngine = {
  layOutFlow: (root) => JSON.parse(__bridge.layOutFlow(JSON.stringify(root))),
  sizeOfText: (props, width, height) => JSON.parse(__bridge.sizeOfText(JSON.stringify(props), width, height)),
};

let current = bridged;

export function engine(): LayoutEngine {
  return current;
}

/** Replaces the bridge, for code that runs in Node. */
export function useEngine(direct: LayoutEngine): void {
  current = direct;
}
