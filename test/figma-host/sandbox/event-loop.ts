type Call = (detail: number) => void;

const calls = new Map<number, Call>();
let nextCall = 1;

/** Runs `call` in a later turn, like every asynchronous call in Figma. */
export function later(call: Call, delayMs = 0): number {
  const callId = register(call);
  __bridge.schedule(callId, delayMs);
  return callId;
}

/** Registers a callback and returns the id with which Node calls `fire` in a later turn. */
export function register(call: Call): number {
  const callId = nextCall;
  nextCall += 1;
  calls.set(callId, call);
  return callId;
}

export function forget(callId: number): void {
  calls.delete(callId);
  __bridge.unschedule(callId);
}

export function fire(callId: number, detail: number): void {
  const call = calls.get(callId);
  calls.delete(callId);
  call?.(detail);
}

/** Returns a promise that settles in a later turn. */
export function promise<T>(compute: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    later(() => {
      try {
        resolve(compute());
      } catch (error) {
        reject(error);
      }
    });
  });
}

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

export function hasListeners(type: string): boolean {
  return (handlers.get(type) ?? []).length > 0;
}

export function emit(type: string, event: unknown): void {
  for (const handler of handlers.get(type) ?? []) handler(event);
}

let seed = 1;

export function seedShuffle(value: number): void {
  seed = value;
}

/** A random order at each call, for the selection: Figma defines no order. */
export function shuffled(given: readonly string[]): string[] {
  const ids = [...given];
  for (let index = ids.length - 1; index > 0; index -= 1) {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    const other = seed % (index + 1);
    const [a, b] = [ids[index], ids[other]];
    if (a !== undefined && b !== undefined) [ids[index], ids[other]] = [b, a];
  }
  return ids;
}
