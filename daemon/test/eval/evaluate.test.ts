import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import { SamepointError } from '@samepoint/shared-protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DEFAULT_SETTINGS } from '../../src/correspond/match-settings.js';
import { Matcher } from '../../src/correspond/matcher.js';
import type { Dataset, EvalTools } from '../../src/eval/datasets/dataset.js';
import { evenSubsample } from '../../src/eval/datasets/dataset.js';
import {
  type EvalOptions,
  type EvalProgress,
  type EvalRun,
  type Evaluation,
  evaluate,
} from '../../src/eval/evaluate.js';
import { ResultCache } from '../../src/eval/result-cache.js';
import { useTempFolder } from '../support/temp-folder.js';

const folder = useTempFolder();
const stateFile = () => folder.path('results.jsonl');
const image = () => folder.path('image.png');

const TOOLS: EvalTools = {
  matcher: new Matcher(),
  matching: DEFAULT_SETTINGS,
  propagation: { temperature: 0.1, topK: 10, radiusCells: 15, queueFrames: 8 },
  homography: { keypoints: 1, metric: 'cosine', estimator: 'lmeds', thresholdPx: 3 },
  features: () => Promise.reject(new Error('no features here')),
};

/**
 * Items 0, 1, 2 …, whose outcomes are their numbers. Records what is evaluated, throws at `stopAt`, and cannot read the
 * images of `unreadable`.
 */
function numbers(
  count: number,
  { truth = 0, stopAt = Number.NaN, unreadable = [] as number[] } = {},
): Dataset<number> & { evaluated: number[] } {
  const evaluated: number[] = [];
  return {
    evaluated,
    outcomeSchema: z.number(),
    score: (outcome) => outcome,
    scoreMeaning: 'its number',
    summarise: (outcomes) => [
      {
        title: 'Numbers',
        note: 'sum',
        rowTitle: 'kind',
        columns: ['sum'],
        rows: [
          { name: 'all', items: outcomes.length, values: [outcomes.reduce((sum, { outcome }) => sum + outcome, 0)] },
        ],
      },
    ],
    items: Array.from({ length: count }, (_, n) => ({
      id: String(n),
      group: n % 2 === 0 ? 'even' : 'odd',
      files: [image()],
      truth,
      evaluate: async () => {
        if (n === stopAt) throw new Error('interrupted');
        if (unreadable.includes(n)) throw new SamepointError('IMAGE_UNREADABLE', `${n} is cut off.`, 'Get it again.');
        evaluated.push(n);
        return n;
      },
    })),
  };
}

/** Evaluates a single run with the cache of earlier calls. */
async function evaluateOnce<Outcome>(dataset: Dataset<Outcome>, options?: EvalOptions): Promise<Evaluation> {
  const run = { label: '', tools: TOOLS, results: new ResultCache(stateFile(), false) };
  const [evaluation] = await evaluate(dataset, [[run]], options);
  if (evaluation === undefined) throw new Error('a run has an evaluation');
  return evaluation;
}

beforeEach(() => {
  writeFileSync(image(), 'image');
  new ResultCache(stateFile(), true);
});

describe('evaluation', () => {
  it('evaluates item by item, reports progress and summarises', async () => {
    const progress: EvalProgress[] = [];
    const result = await evaluateOnce(numbers(3), {
      onProgress: (step) => progress.push(step),
    });
    expect(progress).toEqual([0, 1, 2, 3].map((done) => ({ done, total: 3, cached: 0, label: '' })));
    expect(result.tables[0]?.rows).toEqual([{ name: 'all', items: 3, values: [3] }]);
    expect(result.items.map(({ id, group, score }) => [id, group, score])).toEqual([
      ['0', 'even', 0],
      ['1', 'odd', 1],
      ['2', 'even', 2],
    ]);
  });

  it('leaves out an item with an image that cannot be read, and tries it again next time', async () => {
    const progress: number[] = [];
    const result = await evaluateOnce(numbers(4, { unreadable: [1] }), {
      onProgress: ({ done }) => progress.push(done),
    });
    expect(progress.at(-1)).toBe(4);
    expect(result.failed).toEqual([
      { id: '1', group: 'odd', error: { code: 'IMAGE_UNREADABLE', message: '1 is cut off.', hint: 'Get it again.' } },
    ]);
    expect(result.tables[0]?.rows).toEqual([{ name: 'all', items: 3, values: [5] }]);
    const again = numbers(4);
    expect((await evaluateOnce(again)).failed).toEqual([]);
    expect(again.evaluated).toEqual([1]);
  });

  it('fails if no item can be read', async () => {
    await expect(evaluateOnce(numbers(2, { unreadable: [0, 1] }))).rejects.toThrow('0 is cut off.');
  });

  it('resumes with the figures of an uninterrupted run', async () => {
    const first = numbers(5, { stopAt: 3 });
    await expect(evaluateOnce(first)).rejects.toThrow('interrupted');
    // a line truncated by a crash
    appendFileSync(stateFile(), '\n{"key":"');
    const second = numbers(5);
    const result = await evaluateOnce(second);
    expect([first.evaluated, second.evaluated]).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    expect(result.tables[0]?.rows[0]?.values).toEqual([10]);
    const third = numbers(5);
    await evaluateOnce(third);
    expect(third.evaluated).toEqual([]);
  });

  it.each<[string, () => Dataset<number> & { evaluated: number[] }]>([
    ['the truth has changed', () => numbers(2, { truth: 1 })],
    [
      'an image has changed',
      () => {
        utimesSync(image(), 1, 1);
        return numbers(2);
      },
    ],
    [
      'the cache is discarded',
      () => {
        new ResultCache(stateFile(), true);
        return numbers(2);
      },
    ],
  ])('evaluates again when %s', async (_, change) => {
    await evaluateOnce(numbers(2));
    const again = change();
    await evaluateOnce(again);
    expect(again.evaluated).toEqual([0, 1]);
  });

  it('evaluates an item in all runs of a pass before the next item', async () => {
    const order: string[] = [];
    const dataset = numbers(2);
    const items = dataset.items.map((item) => ({
      ...item,
      evaluate: async ({ matching }: EvalTools) => {
        order.push(`${item.id} ${matching}`);
        return Number(item.id);
      },
    }));
    const run = (label: string): EvalRun => {
      const results = new ResultCache(folder.path(`${label}.jsonl`), true);
      return { label, tools: { ...TOOLS, matching: label as 'published' }, results };
    };
    const labels: string[] = [];
    const onProgress = ({ label }: EvalProgress) => labels.push(label);
    const evaluations = await evaluate({ ...dataset, items }, [[run('a'), run('b')], [run('c')]], { onProgress });
    expect(order).toEqual(['0 a', '0 b', '1 a', '1 b', '0 c', '1 c']);
    expect(labels).toEqual(['a', 'a', 'b', 'a', 'b', 'c', 'c']);
    expect(evaluations.map(({ items: done }) => done.map(({ id }) => id))).toEqual(Array(3).fill(['0', '1']));
  });

  it('limits the items to an even subsample of the data set', async () => {
    const dataset = numbers(10);
    const { available } = await evaluateOnce(dataset, { limit: 4 });
    expect({ available, evaluated: dataset.evaluated }).toEqual({ available: 10, evaluated: [0, 3, 5, 8] });
  });

  it.each([1, 3, 7, 12, 13])('subsamples %i of 12 without repeats', (count) => {
    const values = Array.from({ length: 12 }, (_, n) => n);
    const chosen = evenSubsample(values, count);
    expect(chosen).toHaveLength(Math.min(count, 12));
    expect(new Set(chosen).size).toBe(chosen.length);
  });
});
