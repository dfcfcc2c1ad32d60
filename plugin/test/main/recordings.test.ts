import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  deleteRecording,
  hasEditsToLose,
  loadRecording,
  type Recording,
  saveRecording,
} from '../../src/main/recordings.js';

const FRAME = { id: '1:1', type: 'FRAME', name: 'Screen', visible: true, removed: false, parent: null };
const OTHER = { ...FRAME, id: '1:2', name: 'Other' };

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

const getNodeByIdAsync = async (id: string) => [FRAME, OTHER].find((frame) => frame.id === id) ?? null;

let storage: Storage;
beforeEach(() => {
  storage = new Storage();
  vi.stubGlobal('figma', { clientStorage: storage, root: { name: 'File' }, getNodeByIdAsync });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** A recording of the frame, with a text and a picture of this size. */
function recordingOf(text: string, pictureBytes: number, { id, type, name } = FRAME): Recording {
  const geometry = { transform: { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 }, width: 10, height: 10 };
  const layer = { ...{ id, type, name, parentId: null, childIds: [], props: { characters: text } }, ...geometry };
  const image = { png: new Uint8Array(pictureBytes), width: 10, height: 10 };
  return { design: { rootId: id, layers: { [id]: layer }, tokens: {} }, layers: [], image };
}

/** Text that hardly compresses. */
function noise(parts: number): string {
  return Array.from({ length: parts }, (_, n) => ((n * n * 7919) % 100_003).toString(36)).join('');
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
    const problem = await saveRecording('Screen', recordingOf(noise(40_000), 1000), 2);
    expect(problem?.message).toBe('No room to record “Screen”.');
    expect(await loadRecording(FRAME.id)).toEqual(first);
    expect(storage.values.size).toBe(2);
  });
});

describe('a copied file, which has the same nodes under another name', () => {
  const openFile = (name: string) => {
    vi.stubGlobal('figma', { clientStorage: storage, root: { name }, getNodeByIdAsync });
  };

  test('can use the recordings of the original, and has its own beside them', async () => {
    await saveRecording('Screen', recordingOf('original', 1000), 1);
    openFile('File (Copy)');
    expect(textOf(await loadRecording(FRAME.id))).toBe('original');
    await saveRecording('Screen', recordingOf('copy', 1000), 2);
    expect(textOf(await loadRecording(FRAME.id))).toBe('copy');
    openFile('File');
    expect(textOf(await loadRecording(FRAME.id))).toBe('original');
  });

  test('deletes nothing of the original', async () => {
    await saveRecording('Screen', recordingOf('original', 1000), 1);
    openFile('File (Copy)');
    await deleteRecording(FRAME.id);
    expect(await loadRecording(FRAME.id)).toBeNull();
    expect(await hasEditsToLose(recordingOf('edited', 0).design)).toBe(false);
    openFile('File');
    expect(textOf(await loadRecording(FRAME.id))).toBe('original');
  });

  test('takes the place of the original only where there is no room for both', async () => {
    await saveRecording('Screen', recordingOf('original', 2_000_000), 1);
    openFile('File (Copy)');
    storage.room = 1500;
    await saveRecording('Screen', recordingOf('copy', 0), 2);
    expect(textOf(await loadRecording(FRAME.id))).toBe('copy');
    openFile('File');
    expect(textOf(await loadRecording(FRAME.id))).toBe('copy');
  });
});

describe('the recordings of other frames', () => {
  test('stay where there is no room for one more, and the user learns what to delete', async () => {
    await saveRecording('Screen', recordingOf('first', 1000), 1);
    storage.room = 5000;
    expect(await saveRecording('Other', recordingOf(noise(40_000), 1000, OTHER), 2)).toEqual({
      message: 'No room to record “Other”.',
      hint: 'Delete a recording in “Transfer recorded edits…”.',
    });
    expect(textOf(await loadRecording(FRAME.id))).toBe('first');
    expect(storage.values.size).toBe(2);
  });

  test('of another file are deleted there', async () => {
    await saveRecording('Screen', recordingOf('first', 1000), 1);
    storage.room = 5000;
    const root = { name: 'New file' };
    vi.stubGlobal('figma', { clientStorage: storage, root, getNodeByIdAsync: async () => null });
    const problem = await saveRecording('Other', recordingOf(noise(40_000), 1000, OTHER), 2);
    expect(problem?.hint).toBe('Delete a recording in the file “File”.');
  });

  test('stay where a frame is too large to record', async () => {
    await saveRecording('Screen', recordingOf('first', 1000), 1);
    storage.room = 50_000_000;
    expect(await saveRecording('Other', recordingOf(noise(1_000_000), 0, OTHER), 2)).toEqual({
      message: '“Other” has too many layers to record.',
      hint: 'Record a frame inside it.',
    });
    expect(textOf(await loadRecording(FRAME.id))).toBe('first');
    expect(storage.values.size).toBe(2);
  });
});

test('recordings leave room for settings and a run that is resumed: the last ones go without their picture', async () => {
  storage.room = 5_000_000;
  for (const id of ['1:1', '2:2', '3:3'])
    await saveRecording('Screen', recordingOf(id, 1_800_000, { ...FRAME, id }), 1);
  const pictures = await Promise.all(['1:1', '2:2', '3:3'].map(async (id) => (await loadRecording(id))?.image));
  expect(pictures.map((picture) => picture?.png.length ?? null)).toEqual([1_800_000, 1_800_000, null]);
  await storage.setAsync('pending', 'x'.repeat(1_000_000));
});

test('nothing is written over recordings that cannot be read', async () => {
  await saveRecording('Screen', recordingOf('first', 1000), 1);
  storage.isUnreadable = true;
  await expect(saveRecording('Screen', recordingOf('second', 1000), 2)).rejects.toThrow('unreadable');
  storage.isUnreadable = false;
  expect(textOf(await loadRecording(FRAME.id))).toBe('first');
});
