import { describe, expect, test } from 'vitest';
import { readList, writeList } from '../../src/main/changes/stored-list.js';

/** Figma's limit of an entry, with its namespace and key. */
const ENTRY_BYTES = 100_000;

/** Shared plugin data of one node. */
class Data {
  readonly entries = new Map<string, string>();
  readonly write = (key: string, value: string): void => {
    this.entries.set(key, value);
  };
  getSharedPluginData(_namespace: string, key: string): string {
    return this.entries.get(key) ?? '';
  }
  get sizes(): number[] {
    return [...this.entries].map(([key, value]) => Buffer.byteLength(`samepoint${key}${value}`));
  }
}

const items = (amount: number, chars: number, letter = 'a') =>
  Array.from({ length: amount }, (_, n) => JSON.stringify(`${n} `.padEnd(chars, letter)));
const numbersOf = (data: Data) => readList(data, 'list').map((item) => Number.parseInt(String(item), 10));

describe('a stored list', () => {
  test('keeps its items in order over several entries within the limit', () => {
    const data = new Data();
    expect(writeList('list', items(2000, 100), data.write)).toBe(0);
    expect(numbersOf(data)).toEqual(Array.from({ length: 2000 }, (_, n) => n));
    expect(Math.max(...data.sizes)).toBeLessThanOrEqual(ENTRY_BYTES);
    expect(data.sizes.filter((size) => size > 1000)).toHaveLength(3);
  });

  test.each(['ä', '€', '🟣'])('counts bytes, not letters: %s', (letter) => {
    const data = new Data();
    writeList('list', items(1000, 300, letter), data.write);
    expect(Math.max(...data.sizes)).toBeLessThanOrEqual(ENTRY_BYTES);
    expect(Math.max(...data.sizes)).toBeGreaterThan(0.9 * ENTRY_BYTES);
  });

  test('drops the oldest items beyond its room, and says how many', () => {
    const data = new Data();
    const dropped = writeList('list', items(5000, 100), data.write);
    expect(dropped).toBeGreaterThan(1000);
    expect(numbersOf(data)[0]).toBe(dropped);
    expect(numbersOf(data).at(-1)).toBe(4999);
  });

  test('drops an item that is larger than an entry, and no others', () => {
    const data = new Data();
    const [first = '', last = ''] = items(2, 10);
    expect(writeList('list', [first, JSON.stringify('b'.repeat(ENTRY_BYTES)), last], data.write)).toBe(1);
    expect(numbersOf(data)).toEqual([0, 1]);
  });

  test('empties entries that it needs no more, and reads damaged ones as empty', () => {
    const data = new Data();
    writeList('list', items(2000, 100), data.write);
    writeList('list', items(1, 10), data.write);
    expect([...data.entries.values()].filter((value) => value !== '')).toHaveLength(1);
    data.entries.set('list.1', '[1, 2');
    data.entries.set('list.2', '{"a": 1}');
    expect(numbersOf(data)).toEqual([0]);
  });
});
