import { describe, expect, it } from 'vitest';
import { framesAlike, namePattern } from '../../src/shared/alike.js';

const frame = (nodeId: string, name: string, width = 390, height = 844) => ({ nodeId, name, width, height });

it.each([
  ['Frame 2041', 'frame'],
  ['Inbox / 02 (copy)', 'inbox copy'],
  ['inbox-3_copy', 'inbox copy'],
  ['Größe: 12 px', 'größe px'],
  ['17', ''],
])('the pattern of %j is %j', (name, expected) => {
  expect(namePattern(name)).toBe(expected);
});

describe('frames that look alike', () => {
  const source = frame('s', 'Inbox / 1');
  it('have the name without numbers and separators, or the size within a unit', () => {
    const frames = [
      source,
      frame('named', 'Inbox-12', 800, 600),
      frame('both', 'inbox 3'),
      frame('sized', 'Settings', 390.4, 844),
      frame('other', 'Settings', 392, 844),
      frame('turned', 'Landscape', 844, 390),
    ];
    const { byName, bySize } = framesAlike(source, frames);
    expect(byName.map(({ nodeId }) => nodeId)).toEqual(['named', 'both']);
    expect(bySize.map(({ nodeId }) => nodeId)).toEqual(['both', 'sized']);
  });

  it('do not include the source', () => {
    expect(framesAlike(source, [source])).toEqual({ byName: [], bySize: [] });
  });
});
