import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { stateDir } from '../../app-folders.js';
import { Matcher } from '../../correspond/matcher.js';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import type { Dataset } from '../../eval/datasets/dataset.js';
import { EvalFeatures } from '../../eval/eval-features.js';
import { type EvalRun, type Evaluation, evaluate } from '../../eval/evaluate.js';
import { digest, KeptResults } from '../../eval/kept-results.js';
import { programDigest } from '../../eval/program-digest.js';
import type { Runtime } from '../../graph/runtime/runtime.js';
import { EXIT_CODES } from '../exit-codes.js';
import { evalProgress } from '../format/eval-progress.js';
import { type EvalSettings, matchingOf } from '../options/eval-settings.js';

/** One way to measure. */
export interface Measured {
  /** What tells it from the others; empty for a single one. */
  label: string;
  settings: EvalSettings;
}

export interface MeasureRun {
  limit?: number;
  /** Forget what earlier runs found. */
  fresh?: true;
}

/**
 * Evaluates a data set in every way, and shows how far it is.
 * @param passes ways that share the passes of their networks
 * @returns an evaluation for each way, pass by pass
 */
export async function measure<Outcome>(
  dataset: Dataset<Outcome>,
  passes: readonly (readonly Measured[])[],
  runtime: Runtime,
  { limit, fresh }: MeasureRun,
): Promise<Evaluation[]> {
  const source = new FeatureSource(runtime, featureStore());
  const progress = evalProgress();
  const stopListening = onInterrupt(() => {
    progress.stop();
    process.stderr.write('\nStopped. What is done is kept; run the same command to go on.\n');
  });
  try {
    const runs = passes.map((ways) => runsOf(ways, source, runtime, fresh === true));
    return await evaluate(dataset, runs, {
      ...(limit === undefined ? {} : { limit }),
      onProgress: (step) => progress.show(step),
    });
  } finally {
    progress.stop();
    stopListening();
    await source.release();
  }
}

function runsOf(ways: readonly Measured[], source: FeatureSource, runtime: Runtime, fresh: boolean): EvalRun[] {
  const blocks = ways.flatMap(({ settings: { features } }) => features.upFtIndex ?? []);
  return ways.map(({ label, settings }) => {
    const features = new EvalFeatures(settings.features, source, ways.length > 1 ? blocks : undefined);
    const tools = {
      ...matchingOf(settings),
      matcher: new Matcher(),
      features: (path: string, category?: string) => features.pyramid(path, category),
    };
    return { label, tools, results: new KeptResults(resultsPath(settings, features.identity(runtime)), fresh) };
  });
}

/** One file for everything that makes results comparable. */
function resultsPath(settings: EvalSettings, features: unknown): string {
  const folder = realpathSync(settings.folder);
  const key = digest([programDigest(), features, { ...settings, folder }]);
  return join(stateDir(), 'eval', `${settings.dataset}-${key.slice(0, 16)}.jsonl`);
}

/** Every result is on disk already, so Ctrl+C ends at once. */
function onInterrupt(explain: () => void): () => void {
  const stop = () => {
    explain();
    process.exit(EXIT_CODES.interrupted);
  };
  process.once('SIGINT', stop);
  return () => process.off('SIGINT', stop);
}
