import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type ChangeId, type PairPlan, type Side, samplePair } from './changes.js';
import { correspond, type MeasuredSide } from './correspond.js';
import { sampleLook } from './look.js';
import type { Pictures } from './pictures/pictures.js';
import { preparePictures } from './pictures/prepare-pictures.js';
import { random } from './random.js';
import { type Screen, sampleScreen, sectionsOf } from './screen.js';
import type { Split } from './split.js';
import { Stage, type Taken } from './stage.js';
import type { PairRecord } from './write-set.js';

export interface GenerateOptions {
  split: Split;
  seed: string;
  /** What pairs may be about (default: everything). */
  about?: readonly ChangeId[];
  /** Numbers of the pairs: every pair depends on the seed, the split, what it may be about and its number alone. */
  from: number;
  count: number;
  /** Pages that draw at the same time. */
  workers: number;
  /** The set. */
  folder: string;
  /** Where pictures and the stage are kept between runs. */
  cache: string;
  onPair?(record: PairRecord): void;
}

/** Renders pairs into `folder/images` and answers their records in order. */
export async function generate(browser: Browser, options: GenerateOptions): Promise<PairRecord[]> {
  const { split, from, count, workers, folder, cache } = options;
  mkdirSync(join(folder, 'images'), { recursive: true });
  mkdirSync(cache, { recursive: true });
  const stages = await Promise.all(Array.from({ length: workers }, () => Stage.open(browser, cache)));
  const [first] = stages;
  if (first === undefined) throw new RangeError('at least one worker must draw');
  const pictures = await preparePictures(first.page, join(cache, 'pictures'), split);
  const records = new Map<number, PairRecord>();
  let next = from;
  const work = async (stage: Stage) => {
    while (next < from + count) {
      const n = next++;
      const record = await makePair(stage, pictures, n, options);
      records.set(n, record);
      options.onPair?.(record);
    }
  };
  await Promise.all(stages.map(work));
  return [...records].sort(([a], [b]) => a - b).map(([, record]) => record);
}

async function makePair(stage: Stage, pictures: Pictures, n: number, options: GenerateOptions): Promise<PairRecord> {
  const { split, seed, folder, about } = options;
  const id = `${split}-${seed}-${n}`;
  const rng = random('pair', id);
  const screen = sampleScreen(id, split, rng);
  const plan = samplePair(sampleLook(split, id, rng), split, rng, about);
  const source = await stage.take(screen, plan.source, pictures);
  const target = await stage.take(screen, plan.target, pictures);
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
  const shown = [source, target].flatMap(({ look }) => sectionsOf(screen, look).map(({ id }) => id));
  return {
    components: [...new Set(shown)],
    style: [source.look.language, target.look.language],
    icons: [source.look.icons, target.look.icons],
  };
}

function measured({ elements }: Taken, { look, shot }: Side): MeasuredSide {
  return { elements, scale: shot.scale, finished: look.wireframe !== 'skeleton' };
}

function extension({ shot }: Side): string {
  return shot.jpegQuality === null ? 'png' : 'jpg';
}
