import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { wholeNumber } from '../../daemon/src/cli/options/parse-values.js';
import { calibrationOf } from '../../daemon/src/correspond/confidence.js';
import { regionConfidence } from '../../daemon/src/transfer/transforms/place-region.js';
import { collect } from './collect-confidence-features.js';
import { boxExamples, type MatchExample, pointExamples } from './examples.js';
import { fitLogistic, probability } from './fit-logistic.js';
import { collectLayerExamples } from './layer-examples.js';
import { calibrationError, type Prediction, reliability, reliabilityDiagram, reliabilityTable } from './reliability.js';

const BINS = 10;
/** Fewest items that give a share to within 10 %. */
const FEWEST = 50;
const THRESHOLDS = [0.05, 0.1, 0.15, 0.2, 0.3, 0.5];
/** Pairs alternate between the two halves in groups of one per layout, so that each half has all layouts. */
const TURN = 4;
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));

const program = new Command('npm run calibrate --')
  .description(
    'Fit the confidences on half of the pairs and evaluate them on the other half. Layers depend on the confidence of points, so fit points first.',
  )
  .argument('[folder...]', 'folder with pairs.json, and with pairs.jsonl for layers')
  .option('--drawn <n>', 'pairs to draw in addition', wholeNumber, 40)
  .option('--point-matches <file>', 'cache of the point matches; the next run only fits')
  .option('--screens <n>', 'screens with layers to draw in addition', wholeNumber, 4)
  .option('--layer-matches <file>', 'cache of the layer matches')
  .addOption(new Option('--only <what>', 'fit only these').choices(['places', 'layers']))
  .option('--write', 'redraw the reliability diagrams')
  .parse();

interface Options {
  drawn: number;
  pointMatches?: string;
  screens: number;
  layerMatches?: string;
  only?: 'places' | 'layers';
  write?: true;
}

const folders = program.args;
const options = program.opts<Options>();
if (options.only !== 'layers') await calibratePlaces();
if (options.only !== 'places') await calibrateLayers();

async function calibratePlaces() {
  const collected = await collect(folders, options.drawn, options.pointMatches ?? temporary('points.jsonl'));
  const names = [...new Set(collected.points.map(({ pair }) => pair))];
  const isHeldOut = ({ pair }: MatchExample) => Math.floor(names.indexOf(pair) / TURN) % 2 === 1;
  const points = pointExamples(collected.points);
  const coefficients = fit('points', points, isHeldOut);
  const [bias = 0, similarity = 0, cycle = 0, logSupport = 0, logOdds = 0, margin = 0, marginBeyond = 0] = coefficients;
  const fitted = { bias, similarity, cycle, logSupport, logOdds, margin, marginBeyond };
  const ui = calibrationOf('ui default');
  const shipped = [ui.bias, ui.similarity, ui.cycle, ui.logSupport, ui.logOdds, ui.margin, ui.marginBeyond];
  report('Points', points, isHeldOut, (example) => probability(shipped, example.values));
  print('Without similarity and margin, for backends without a fit:');
  const others = points.map((example) => ({ ...example, values: example.values.slice(1, -2) }));
  fit('points', others, isHeldOut);
  const boxes = boxExamples(collected.boxes, fitted);
  fit('boxes', boxes, isHeldOut);
  report('Boxes', boxes, isHeldOut, ({ share }) => regionConfidence(share));
}

async function calibrateLayers() {
  const layers = await collectLayerExamples(
    folders,
    options.screens,
    options.layerMatches ?? temporary('layers.jsonl'),
  );
  const names = [...new Set(layers.map(({ pair }) => pair))];
  const isHeldOut = ({ pair }: MatchExample) => names.indexOf(pair) % 2 === 1;
  fit('layers', layers, isHeldOut);
  report('Layers', layers, isHeldOut, ({ confidence }) => confidence);
}

function temporary(name: string): string {
  return join(mkdtempSync(join(tmpdir(), 'samepoint-')), name);
}

type HeldOut = (example: MatchExample) => boolean;

function fit(what: string, examples: readonly MatchExample[], isHeldOut: HeldOut): number[] {
  const coefficients = fitLogistic(examples.filter((example) => !isHeldOut(example)));
  print(
    `Fitted on half of the ${examples.length} ${what}: ${coefficients.map((value) => value.toFixed(2)).join(', ')}`,
  );
  return coefficients;
}

/** Evaluates the shipped coefficients on the held-out half. */
function report<T extends MatchExample>(
  what: string,
  examples: readonly T[],
  isHeldOut: HeldOut,
  confidenceOf: (example: T) => number,
) {
  const predicted = examples.filter(isHeldOut).map((example) => ({ ...example, confidence: confidenceOf(example) }));
  const bins = reliability(predicted, BINS, FEWEST);
  const error = calibrationError(bins);
  print(`\n${what}, as shipped, on the held-out half: expected calibration error ${error.toFixed(3)}\n`);
  print(reliabilityTable(bins));
  print(
    '\n| below | of the right ones | of the wrong ones | of those without counterpart |\n| --- | --- | --- | --- |',
  );
  for (const threshold of THRESHOLDS) print(thresholdRow(threshold, predicted));
  if (options.write) {
    const file = join(IMAGES, `reliability-${what.toLowerCase()}.svg`);
    writeFileSync(file, `${reliabilityDiagram(bins, `${what}, held out: ECE ${error.toFixed(3)}`)}\n`);
  }
}

function thresholdRow(threshold: number, predicted: readonly (Prediction & MatchExample)[]): string {
  const shareBelow = (chosen: readonly Prediction[]) => {
    const below = chosen.filter(({ confidence }) => confidence < threshold).length;
    return `${((100 * below) / chosen.length).toFixed(1)} %`;
  };
  const [right, wrong] = [predicted.filter((item) => item.right), predicted.filter((item) => !item.right)];
  const without = predicted.filter((item) => !item.hasCounterpart);
  return `| ${threshold} | ${shareBelow(right)} | ${shareBelow(wrong)} | ${shareBelow(without)} |`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
