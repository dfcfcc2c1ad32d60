import type { Operation } from '../shared/operation.js';
import { fingerprint } from './fingerprint.js';

/** Sets that must come in this order, before all others: each decides what the next can be. */
const FIRST_SETS: readonly string[] = [
  ...[
    'mainComponent',
    'layoutMode',
    'layoutWrap',
    'textAutoResize',
    'characters',
    'textStyleId',
    'fontName',
    'fontSize',
  ],
];
/** Sets that a style or a whole property would overwrite come after it. */
const LAST_SETS: readonly string[] = ['runs'];
/** Sets that need the final parent. */
const PLACED_SETS: readonly string[] = ['layoutPositioning', 'constraints', 'layoutAlign', 'layoutGrow'];

type Phase =
  | 'component'
  | 'set'
  | 'fixed-size'
  | 'resize'
  | 'place'
  | 'place-in-copy'
  | 'placed-set'
  | 'variable'
  | 'move'
  | 'remove';

const PHASES: readonly Phase[] = [
  ...(['component', 'set', 'fixed-size', 'resize', 'place', 'place-in-copy'] as const),
  ...(['placed-set', 'variable', 'move', 'remove'] as const),
];

/**
 * The order in which each write is valid and no later one spoils an earlier. `operations` are all of one target that are
 * written, in the order of `merge`. Layers that go behind the same sibling are placed from the last to the first. Moves in
 * containers that are not resized go where they do without.
 */
export function inWriteOrder(operations: readonly Operation[]): Operation[] {
  const resized = new Set(operations.flatMap(({ write }) => (write.kind === 'resize' ? [write.layerId] : [])));
  const settled = operations.map((operation) => settle(operation, resized));
  return PHASES.flatMap((phase) => {
    const inPhase = settled.filter((operation) => phaseOf(operation) === phase);
    if (phase === 'place' || phase === 'place-in-copy' || phase === 'remove') return inPhase.reverse();
    return phase === 'set' || phase === 'component' ? sortBy(inPhase, setRank) : inPhase;
  });
}

function settle(operation: Operation, resized: ReadonlySet<string>): Operation {
  const { write, record } = operation;
  if (write.kind !== 'move' || write.unlessResized === undefined || resized.has(write.unlessResized.layerId)) {
    return operation;
  }
  const { after } = write.unlessResized;
  return { ...operation, write: { ...write, after }, record: { ...record, written: fingerprint({ ...after }) } };
}

function phaseOf({ write }: Operation): Phase {
  if (write.kind === 'add' || write.kind === 'reorder') return 'place';
  if (write.kind === 'reparent') return 'addedFrom' in write.parent ? 'place-in-copy' : 'place';
  if (write.kind !== 'set') return write.kind;
  const { property, after } = write;
  if (property === 'mainComponent' || property.startsWith('component.')) return 'component';
  if (property.startsWith('variable.')) return 'variable';
  if (property.startsWith('layoutSizing')) return after === 'FIXED' ? 'fixed-size' : 'placed-set';
  return PLACED_SETS.includes(property) ? 'placed-set' : 'set';
}

function setRank({ write }: Operation): number {
  if (write.kind !== 'set') return 0;
  const first = FIRST_SETS.indexOf(write.property);
  if (first >= 0) return first;
  return FIRST_SETS.length + 1 + LAST_SETS.indexOf(write.property);
}

function sortBy(operations: readonly Operation[], rank: (operation: Operation) => number): Operation[] {
  return operations
    .map((operation, n) => ({ operation, n, rank: rank(operation) }))
    .sort((a, b) => a.rank - b.rank || a.n - b.n)
    .map(({ operation }) => operation);
}
