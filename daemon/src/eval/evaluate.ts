import type { CasePicture, Dataset, DatasetItem, EvalTools } from './dataset.js';
import type { FigureTable } from './figure-table.js';
import { itemKey, type KeptResults } from './kept-results.js';
import { spread } from './spread.js';

export interface EvalOptions {
  /** At most this many items, evenly spread over the data set, the same in every run. */
  limit?: number;
  onProgress?: (progress: EvalProgress) => void;
}

export interface EvalProgress {
  /** Those of an earlier run are done from the beginning. */
  done: number;
  total: number;
  /** How many come from an earlier run. */
  kept: number;
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

/**
 * The one road of every data set: evaluates item by item, keeps each outcome at once, takes those of an earlier run,
 * and sums up.
 * @throws SamepointError where an image or a model cannot be read
 */
export async function evaluate<Outcome>(
  dataset: Dataset<Outcome>,
  tools: EvalTools,
  results: KeptResults,
  { limit, onProgress = () => {} }: EvalOptions = {},
): Promise<Evaluation> {
  const chosen = spread(dataset.items, limit ?? dataset.items.length).map((item) => {
    const key = itemKey(item);
    return { item, key, known: results.get(key, dataset.outcomeSchema) };
  });
  const kept = chosen.filter(({ known }) => known !== undefined).length;
  const report = (done: number) => onProgress({ done, total: chosen.length, kept });
  report(kept);
  const outcomes: { item: DatasetItem<Outcome>; outcome: Outcome }[] = [];
  let done = kept;
  for (const { item, key, known } of chosen) {
    const outcome = known ?? (await item.evaluate(tools));
    outcomes.push({ item, outcome });
    if (known !== undefined) continue;
    results.add(key, item.id, outcome);
    report(++done);
  }
  return {
    available: dataset.items.length,
    items: outcomes.map(({ item, outcome }) => scored(dataset, item, outcome)),
    meaning: meaningOf(dataset),
    tables: dataset.summarise(outcomes.map(({ item: { group }, outcome }) => ({ group, outcome }))),
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
