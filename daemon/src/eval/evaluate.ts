import { type CasePicture, type Dataset, type DatasetItem, type EvalTools, evenSubsample } from './datasets/dataset.js';
import type { FigureTable } from './report/figure-table.js';
import { itemKey, type ResultCache } from './result-cache.js';

/** One way to evaluate a data set, and where its outcomes are kept. */
export interface EvalRun {
  /** What tells it from the other runs; empty for a single one. */
  label: string;
  tools: EvalTools;
  results: ResultCache;
}

export interface EvalOptions {
  /** At most this many items, evenly spread over the data set, the same in every run. */
  limit?: number;
  onProgress?: (progress: EvalProgress) => void;
}

export interface EvalProgress {
  /** Outcomes of all runs together. Those of an earlier call are done from the beginning. */
  done: number;
  total: number;
  /** How many come from an earlier call. */
  kept: number;
  /** The run at work. */
  label: string;
}

export interface Evaluation {
  /** Items in the whole data set; `items` may be fewer. */
  available: number;
  items: ScoredItem[];
  /** What scores are, and what is right in pictures; see `Dataset`. */
  meaning: Pick<Dataset<unknown>, 'scoreMeaning' | 'rightMeaning'>;
  tables: FigureTable[];
}

export interface ScoredItem {
  id: string;
  group: string;
  score: number;
  outcome: unknown;
  picture?: () => CasePicture;
}

/** An item with what is known of it in each run of a pass, in their order. */
interface PassItem<Outcome> {
  item: DatasetItem<Outcome>;
  key: string;
  outcomes: (Outcome | undefined)[];
}

/**
 * The one road of every data set: evaluates item by item, keeps each outcome at once, takes those of an earlier call,
 * and sums up.
 * @param passes runs that belong together, as those that take their features from the same passes of a network: an item is
 *   evaluated in all of them before the next one is, so that what they share need not be kept for long
 * @returns an evaluation for each run, pass by pass
 * @throws SamepointError where an image or a model cannot be read
 */
export async function evaluate<Outcome>(
  dataset: Dataset<Outcome>,
  passes: readonly (readonly EvalRun[])[],
  { limit, onProgress = () => {} }: EvalOptions = {},
): Promise<Evaluation[]> {
  const chosen = evenSubsample(dataset.items, limit ?? dataset.items.length).map((item) => ({
    item,
    key: itemKey(item),
  }));
  const work = passes.map((runs) => ({
    runs,
    items: chosen.map(({ item, key }): PassItem<Outcome> => {
      return { item, key, outcomes: runs.map(({ results }) => results.get(key, dataset.outcomeSchema)) };
    }),
  }));
  const kept = work.flatMap(({ items }) => items.flatMap(({ outcomes }) => outcomes)).filter(isKnown).length;
  const total = chosen.length * passes.flat().length;
  let done = kept;
  const report = (label: string) => onProgress({ done, total, kept, label });
  report(passes[0]?.[0]?.label ?? '');
  for (const { runs, items } of work) {
    await evaluatePass(runs, items, (label) => {
      done++;
      report(label);
    });
  }
  return work.flatMap(({ runs, items }) => runs.map((_, run) => summedUp(dataset, items, run)));
}

async function evaluatePass<Outcome>(
  runs: readonly EvalRun[],
  items: readonly PassItem<Outcome>[],
  onDone: (label: string) => void,
): Promise<void> {
  for (const { item, key, outcomes } of items) {
    for (const [run, { label, tools, results }] of runs.entries()) {
      if (isKnown(outcomes[run])) continue;
      const outcome = await item.evaluate(tools);
      outcomes[run] = outcome;
      results.add(key, item.id, outcome);
      onDone(label);
    }
  }
}

function isKnown<Outcome>(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined;
}

function summedUp<Outcome>(dataset: Dataset<Outcome>, items: readonly PassItem<Outcome>[], run: number): Evaluation {
  const evaluated = items.flatMap(({ item, outcomes }) => {
    const outcome = outcomes[run];
    return isKnown(outcome) ? [{ item, outcome }] : [];
  });
  return {
    available: dataset.items.length,
    items: evaluated.map(({ item, outcome }) => scored(dataset, item, outcome)),
    meaning: meaningOf(dataset),
    tables: dataset.summarise(evaluated.map(({ item: { group }, outcome }) => ({ group, outcome }))),
  };
}

function meaningOf({ scoreMeaning, rightMeaning }: Evaluation['meaning']): Evaluation['meaning'] {
  return rightMeaning === undefined ? { scoreMeaning } : { scoreMeaning, rightMeaning };
}

function scored<Outcome>(dataset: Dataset<Outcome>, item: DatasetItem<Outcome>, outcome: Outcome): ScoredItem {
  const { id, group } = item;
  const draw = item.picture?.bind(item);
  const picture = draw === undefined ? {} : { picture: () => draw(outcome) };
  return { id, group, score: dataset.score(outcome), outcome, ...picture };
}
