import { describe, expect, it } from 'vitest';
import { imagesOf, type JobRequest } from '../src/index.js';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const point = { x: 0, y: 0 };

describe('the images of a job', () => {
  it.each<[string, JobRequest, string[]]>([
    ['transfer', transfer([b, c, b]), [a, b, c]],
    ['inspect', { kind: 'inspect', backend: 'ui', source: a, target: a, point, matches: 1 }, [a]],
    ['align', { kind: 'align', backend: 'ui', source: a, target: b }, [a, b]],
    ['warp', { kind: 'warp', backend: 'ui', source: a, edit: b, targets: [{ targetId: 't', imageId: c }] }, [a, b, c]],
    ['track', track({ kind: 'points', points: [point] }), [a, b]],
    ['track with a mask', track({ kind: 'mask', imageId: c }), [a, b, c]],
  ])('of kind %s are listed without duplicates', (_kind, request, images) => {
    expect(imagesOf(request)).toEqual(images);
  });
});

function transfer(targets: string[]): JobRequest {
  return {
    kind: 'transfer',
    backend: 'ui',
    source: { imageId: a, layers: [] },
    targets: targets.map((imageId, i) => ({ targetId: `${i}`, frame: { imageId, layers: [] } })),
    items: [{ kind: 'point', itemId: 'i', point }],
  };
}

function track(labels: Extract<JobRequest, { kind: 'track' }>['labels']): JobRequest {
  return { kind: 'track', backend: 'ui', frames: [a, b], annotated: 0, labels };
}
