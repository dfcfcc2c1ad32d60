import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type ChangeId, type PairPlan, type Side, samplePair } from './changes.js';
import { correspond, type MeasuredSide } from './correspond.js';
import { type Images, prepareImages } from './images/images.js';
import { random } from './random.js';
import { type Screen, sampleScreen, sectionsOf } from './screen.js';
import type { Split } from './split.js';
import { type Screenshot, Stage } from './stage.js';
import { sampleStyle } from './style.js';
import type { PairRecord } from './write-set.js';

export interface GenerateOptions {
  split: Split;
  seed: string;
  /** Allowed main changes of pairs (default: all). */
  about?: readonly ChangeId[];
  /** Index of the first pair. A pair depends on the seed, the split, `about` and its index alone. */
  from: number;
  count: number;
  /** Number of pages that render in parallel. */
  workers: number;
  /** Output folder of the set. */
  folder: string;
  /** Cache folder for images and the stage. */
  cache: string;
  onPair?(record: PairRecord): void;
}

/** Renders pairs into `folder/images`. @returns their records in order */
export async function generate(browser: Browser, options: GenerateOptions): Promise<PairRecord[]> {
  const { split, from, count, workers, folder, cache } = options;
  mkdirSync(join(folder, 'images'), { recursive: true });
  mkdirSync(cache, { recursive: true });
  const stages = await Promise.all(Array.from({ length: workers }, () => Stage.open(browser, cache)));
  const [first] = stages;
  if (first === undefined) throw new RangeError('at least one worker must draw');
  const images = await prepareImages(first.page, join(cache, 'pictures'), split);
  const records = new Map<number, PairRecord>();
  let next = from;
  const work = async (stage: Stage) => {
    while (next < from + count) {
      const n = next++;
      const record = await makePair(stage, images, n, options);
      records.set(n, record);
      options.onPair?.(record);
    }
  };
  await Promise.all(stages.map(work));
  return [...records].sort(([a], [b]) => a - b).map(([, record]) => record);
}

async function makePair(stage: Stage, images: Images, n: number, options: GenerateOptions): Promise<PairRecord> {
  const { split, seed, folder, about } = options;
  const id = `${split}-${seed}-${n}`;
  const rng = random('pair', id);
  const screen = sampleScreen(id, split, rng);
  const plan = samplePair(sampleStyle(split, id, rng), split, rng, about);
  const source = await stage.take(screen, plan.source, images);
  const target = await stage.take(screen, plan.target, images);
  const paths = {
    source: `images/${id}-source.${extension(plan.source)}`,
    target: `images/${id}-target.${extension(plan.target)}`,
  };
  writeFileSync(join(folder, paths.source), source.image);
  writeFileSync(join(folder, paths.target), target.image);
  return {
    id,
    ...paths,
    sourceSize: source.size,
    targetSize: target.size,
    change: plan.change,
    ...described(screen, plan),
    elements: correspond(measured(source, plan.source), measured(target, plan.target)),
  };
}

function described(screen: Screen, { source, target }: PairPlan) {
  const shown = [source, target].flatMap(({ style }) => sectionsOf(screen, style).map(({ id }) => id));
  return {
    components: [...new Set(shown)],
    style: [source.style.language, target.style.language],
    icons: [source.style.icons, target.style.icons],
  };
}

function measured({ elements }: Screenshot, { style, shot }: Side): MeasuredSide {
  return { elements, scale: shot.scale, finished: style.wireframe !== 'skeleton' };
}

function extension({ shot }: Side): string {
  return shot.jpegQuality === null ? 'png' : 'jpg';
}
