import type { ErrorPayload, SamepointError } from '@samepoint/shared-protocol';
import { isAboutImage } from '../images/unreadable.js';
import {
  type CaseDrawing,
  type Dataset,
  type DatasetItem,
  type EvalTools,
  evenSubsample,
  type Ranking,
} from './datasets/dataset.js';
import type { FigureTable } from './report/figure-table.js';
import { itemKey, type ResultCache } from './result-cache.js';

/** One combination of settings to evaluate a data set with, and the cache of its outcomes. */
export interface EvalRun {
  /** Distinguishes it from other runs; empty for a single one. */
  label: string;
  tools: EvalTools;
  results: ResultCache;
}

export interface EvalOptions {
  /** Maximum number of items, an even subsample of the data set, the same in every run. */
  limit?: number;
  onProgress?: (progress: EvalProgress) => void;
}

export interface EvalProgress {
  /** Outcomes of all runs together, including cached ones. */
  done: number;
  total: number;
  /** Outcomes found in the cache. */
  cached: number;
  /** Label of the current run. */
  label: string;
}

export interface Evaluation {
  /** Items in the whole data set; `items` may be fewer. */
  available: number;
  items: ScoredItem[];
  /** Items with an image that cannot be read. They are not part of the figures. */
  failed: FailedItem[];
  /** What scores mean; see `Dataset`. */
  meaning: ScoreMeaning;
  tables: FigureTable[];
}

export interface ScoreMeaning extends Pick<Dataset<unknown>, 'scoreMeaning'> {
  /** Absent if items cannot be drawn. */
  ranking?: Pick<Ranking<unknown>, 'thresholds' | 'of'>;
}

export interface FailedItem {
  id: string;
  group: string;
  error: Pick<ErrorPayload, 'code' | 'message' | 'hint'>;
}

export interface ScoredItem {
  id: string;
  group: string;
  score: number;
  outcome: unknown;
  /** Scores at the thresholds of the ranking, the strictest first; the score alone without a ranking. */
  ranks: readonly number[];
  drawing?: () => CaseDrawing;
}

/** An item and its known outcomes, one for each run of a pass. */
interface PassItem<Outcome> {
  item: DatasetItem<Outcome>;
  key: string;
  outcomes: (Outcome | undefined)[];
  /** Why an image of the item cannot be read, which is the same in all runs. */
  failure?: SamepointError;
}

/**
 * Evaluates a data set item by item, caches each outcome at once, and summarises. Cached outcomes are not computed again.
 * @param passes runs grouped by the network passes they share. Each item is evaluated in all runs of a pass before the
 *   next item, so that shared features need not be kept for long.
 * @returns an evaluation for each run, pass by pass
 * @throws SamepointError if a model, or an image of every item, cannot be read
 */
export async function evaluate<Outcome>(
  dataset: Dataset<Outcome>,
  passes: readonly (readonly EvalRun[])[],
  { limit, onProgress = () => {} }: EvalOptions = {},
): Promise<Evaluation[]> {
  const chosen = evenSubsample(dataset.items, limit ?? dataset.items.length).map((item) => {
    return { item, key: itemKey(item) };
  });
  const work = passes.map((runs) => ({
    runs,
    items: chosen.map(({ item, key }): PassItem<Outcome> => {
      return { item, key, outcomes: runs.map(({ results }) => results.get(key, dataset.outcomeSchema)) };
    }),
  }));
  const cached = work.flatMap(({ items }) => items.flatMap(({ outcomes }) => outcomes)).filter(isKnown).length;
  const total = chosen.length * passes.flat().length;
  let done = cached;
  const report = (label: string) => onProgress({ done, total, cached, label });
  report(passes[0]?.[0]?.label ?? '');
  for (const { runs, items } of work) {
    await evaluatePass(runs, items, (label) => {
      done++;
      report(label);
    });
  }
  const failures = work.flatMap(({ items }) => items.flatMap(({ failure }) => failure ?? []));
  if (failures[0] !== undefined && failures.length === chosen.length * work.length) throw failures[0];
  return work.flatMap(({ runs, items }) => runs.map((_, run) => summarise(dataset, items, run)));
}

async function evaluatePass<Outcome>(
  runs: readonly EvalRun[],
  items: readonly PassItem<Outcome>[],
  onDone: (label: string) => void,
): Promise<void> {
  for (const passItem of items) {
    const { item, key, outcomes } = passItem;
    for (const [run, { label, tools, results }] of runs.entries()) {
      if (isKnown(outcomes[run])) continue;
      try {
        if (passItem.failure === undefined) {
          const outcome = await item.evaluate(tools);
          outcomes[run] = outcome;
          results.add(key, item.id, outcome);
        }
      } catch (thrown) {
        if (!isAboutImage(thrown)) throw thrown;
        passItem.failure = thrown;
      }
      onDone(label);
    }
  }
}

function isKnown<Outcome>(outcome: Outcome | undefined): outcome is Outcome {
  return outcome !== undefined;
}

function summarise<Outcome>(dataset: Dataset<Outcome>, items: readonly PassItem<Outcome>[], run: number): Evaluation {
  const evaluated = items.flatMap(({ item, outcomes }) => {
    const outcome = outcomes[run];
    return isKnown(outcome) ? [{ item, outcome }] : [];
  });
  return {
    available: dataset.items.length,
    items: evaluated.map(({ item, outcome }) => toScoredItem(dataset, item, outcome)),
    failed: items.flatMap(({ item: { id, group }, outcomes, failure }) => {
      if (failure === undefined || isKnown(outcomes[run])) return [];
      const { code, message, hint } = failure;
      return { id, group, error: { code, message, hint } };
    }),
    meaning: meaningOf(dataset),
    tables: dataset.summarise(evaluated.map(({ item: { group }, outcome }) => ({ group, outcome }))),
  };
}

function meaningOf<Outcome>({ scoreMeaning, ranking }: Dataset<Outcome>): ScoreMeaning {
  if (ranking === undefined) return { scoreMeaning };
  const { thresholds, of } = ranking;
  return { scoreMeaning, ranking: { thresholds, of } };
}

function toScoredItem<Outcome>(dataset: Dataset<Outcome>, item: DatasetItem<Outcome>, outcome: Outcome): ScoredItem {
  const { id, group } = item;
  const draw = item.drawing?.bind(item);
  const drawing = draw === undefined ? {} : { drawing: () => draw(outcome) };
  const score = dataset.score(outcome);
  return { id, group, score, outcome, ranks: dataset.ranking?.scores(outcome) ?? [score], ...drawing };
}
