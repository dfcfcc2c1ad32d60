import { describe, expect, it } from 'vitest';
import type { Command, FrameSummary, SelectionSummary } from '../../src/shared/messages.js';
import { proposePicks } from '../../src/shared/propose-picks.js';

const frame = (nodeId: string, annotations = 0, blocked: string | null = null): FrameSummary => ({
  ...{ nodeId, name: nodeId, width: 390, height: 844, layers: 3 },
  annotations,
  blocked,
});
const selection = (
  frames: FrameSummary[],
  overlayFrames: { [nodeId: string]: string | null } = {},
): SelectionSummary => {
  const ids = Object.keys(overlayFrames);
  return {
    frames,
    overlays: ids.map((nodeId) => ({ nodeId, name: nodeId, type: 'VECTOR' })),
    layers: ids.map((nodeId) => ({
      ...{ nodeId, name: nodeId, type: 'VECTOR' },
      ancestorIds: [overlayFrames[nodeId] ?? 'page'],
      frameId: overlayFrames[nodeId] ?? null,
    })),
    layerFrames: [],
  };
};

/** The proposed source, second version and targets. */
function proposed(command: Command, selected: SelectionSummary) {
  const picks = proposePicks(command, selected);
  return picks && [picks.source?.nodeId, picks.after?.nodeId, picks.targets.map(({ nodeId }) => nodeId)];
}

describe('a selection proposes', () => {
  const cases: [string, Command, SelectionSummary, unknown][] = [
    [
      'the one annotated frame as source',
      'transfer-annotations',
      selection([frame('a'), frame('b', 2), frame('c')]),
      ['b', undefined, ['a', 'c']],
    ],
    ['nothing if two are annotated', 'transfer-annotations', selection([frame('a', 1), frame('b', 2)]), null],
    ['nothing if none is annotated', 'transfer-annotations', selection([frame('a'), frame('b')]), null],
    ['nothing for one frame', 'transfer-annotations', selection([frame('a', 1)]), null],
    [
      'a source that can be used',
      'transfer-annotations',
      selection([frame('a', 1, 'It is hidden.'), frame('b', 2)]),
      ['b', undefined, ['a']],
    ],
    ['the left frame to inspect', 'inspect-point', selection([frame('a'), frame('b')]), ['a', undefined, ['b']]],
    ['one frame to inspect', 'inspect-point', selection([frame('a')]), ['a', undefined, []]],
    [
      'the frame around the selected layer to inspect',
      'inspect-point',
      { ...selection([frame('a'), frame('b')], { bell: 'b' }), layerFrames: [frame('b')] },
      ['b', undefined, ['a']],
    ],
    [
      'the frame that all layers are in',
      'transfer-layers',
      selection([frame('a'), frame('b')], { arrow: 'b', callout: 'b' }),
      ['b', undefined, ['a']],
    ],
    [
      'nothing for layers of two frames',
      'transfer-layers',
      selection([frame('a'), frame('b')], { arrow: 'b', callout: 'a' }),
      null,
    ],
    ['the left frame as the one before', 'align-compare', selection([frame('a'), frame('b')]), ['a', 'b', []]],
    ['no version of three frames', 'transfer-difference', selection([frame('a'), frame('b'), frame('c')]), null],
  ];
  it.each(cases)('%s', (_, command, selected, expected) => {
    expect(proposed(command, selected)).toEqual(expected);
  });
});
