import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadRecording, type Recording, saveRecording } from '../../src/main/recordings.js';

const FRAME = { id: '1:1', type: 'FRAME', name: 'Screen', visible: true, removed: false };

/** `figma.clientStorage` with this much room. */
class Storage {
  readonly values = new Map<string, unknown>();
  room = 3_000_000;
  isUnreadable = false;

  async getAsync(key: string): Promise<unknown> {
    if (this.isUnreadable) throw new Error('unreadable');
    return this.values.get(key);
  }

  async setAsync(key: string, value: unknown): Promise<void> {
    const others = [...this.values].filter(([known]) => known !== key).map(([, one]) => one);
    if ([...others, value].reduce((sum: number, one) => sum + sizeOf(one), 0) > this.room) throw new Error('full');
    this.values.set(key, value);
  }

  async deleteAsync(key: string): Promise<void> {
    this.values.delete(key);
  }
}

function sizeOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  return typeof value === 'object' && value !== null
    ? Object.values(value).reduce((sum: number, part) => sum + sizeOf(part), 0)
    : String(value).length;
}

let storage: Storage;
beforeEach(() => {
  storage = new Storage();
  const getNodeByIdAsync = async (id: string) => (id === FRAME.id ? FRAME : null);
  vi.stubGlobal('figma', { clientStorage: storage, root: { name: 'File' }, getNodeByIdAsync });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A recording of the frame, with a text and a picture of this size. */
function recordingOf(text: string, pictureBytes: number): Recording {
  const { id, type, name } = FRAME;
  const geometry = { transform: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, width: 10, height: 10 };
  const layer = { ...{ id, type, name, parentId: null, childIds: [], props: { characters: text } }, ...geometry };
  const image = { png: new Uint8Array(pictureBytes), width: 10, height: 10 };
  return { design: { rootId: id, layers: { [id]: layer }, tokens: {} }, layers: [], image };
}

const textOf = (recording: Recording | null) => recording?.design.layers[FRAME.id]?.props.characters;

describe('a second recording of a frame', () => {
  test('replaces the first where there is room for one of the two', async () => {
    expect(await saveRecording('Screen', recordingOf('first', 2_000_000), 1)).toBeNull();
    expect(await saveRecording('Screen', recordingOf('second', 2_000_000), 2)).toBeNull();
    const recording = await loadRecording(FRAME.id);
    expect([textOf(recording), recording?.image?.png.length]).toEqual(['second', 2_000_000]);
    expect(storage.values.size).toBe(2);
  });

  test('that does not fit leaves the first as it was', async () => {
    await saveRecording('Screen', recordingOf('first', 1000), 1);
    const first = await loadRecording(FRAME.id);
    storage.room = 5000;
    const digits = Array.from({ length: 40_000 }, (_, n) => ((n * n * 7919) % 100_003).toString(36)).join('');
    const problem = await saveRecording('Screen', recordingOf(digits, 1000), 2);
    expect(problem?.message).toBe('No room to record “Screen”.');
    expect(await loadRecording(FRAME.id)).toEqual(first);
    expect(storage.values.size).toBe(2);
  });
});

test('nothing is written over recordings that cannot be read', async () => {
  await saveRecording('Screen', recordingOf('first', 1000), 1);
  storage.isUnreadable = true;
  await expect(saveRecording('Screen', recordingOf('second', 1000), 2)).rejects.toThrow('unreadable');
  storage.isUnreadable = false;
  expect(textOf(await loadRecording(FRAME.id))).toBe('first');
});
