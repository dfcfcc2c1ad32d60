type Call = (detail: number) => void;

const calls = new Map<number, Call>();
let nextCall = 1;

/** Runs `call` in a later turn, as everything asynchronous in Figma does. */
export function later(call: Call, delayMs = 0): number {
  const callId = expect(call);
  __bridge.schedule(callId, delayMs);
  return callId;
}

/** A number under which Node will call back in a later turn. */
export function expect(call: Call): number {
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

/** A promise that settles in a later turn. */
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
