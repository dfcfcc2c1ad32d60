import { documentState, takeChanges } from './store.js';
import { later } from './turns.js';

export type Handler = (event: unknown) => void;

const handlers = new Map<string, Handler[]>();

export function listen(type: string, handler: Handler): void {
  handlers.set(type, [...(handlers.get(type) ?? []), handler]);
}

export function unlisten(type: string, handler: Handler): void {
  handlers.set(
    type,
    (handlers.get(type) ?? []).filter((known) => known !== handler),
  );
}

export function emit(type: string, event: unknown): void {
  for (const handler of handlers.get(type) ?? []) handler(event);
}

/** Tells listeners in a later turn what changed in this one. */
export function announceChanges(): void {
  const changes = takeChanges();
  if (changes.length === 0 || (handlers.get('nodechange') ?? []).length === 0) return;
  const nodeChanges = changes.map(({ id, property }) => ({ type: 'PROPERTY_CHANGE', id, properties: [property] }));
  later(() => emit('nodechange', { nodeChanges }));
}

/** The selection in an order that means nothing, as in Figma: shuffled anew at each read. */
let seed = 1;
export function seedShuffle(value: number): void {
  seed = value;
}

export function shuffledSelection(): string[] {
  const ids = [...documentState().selection];
  for (let index = ids.length - 1; index > 0; index -= 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = seed % (index + 1);
    const [a, b] = [ids[index], ids[other]];
    if (a !== undefined && b !== undefined) [ids[index], ids[other]] = [b, a];
  }
  return ids;
}
