import { Argument, Command } from 'commander';
import { positiveInteger, positiveIntegers } from '../../daemon/src/cli/options/parse-values.js';
import type { Bench, BenchOptions } from './bench.js';
import { editsBench } from './benches/edits.js';
import { embeddedBench } from './benches/embedded.js';
import { fullSizeBench } from './benches/full-size.js';
import { inspectBench } from './benches/inspect.js';
import { layerAccuracyBench } from './benches/layer-accuracy.js';
import { layerRowsBench } from './benches/layer-rows.js';
import { layersBench } from './benches/layers.js';
import { originalBench } from './benches/original.js';
import { peersBench } from './benches/peers.js';
import { pinsBench } from './benches/pins.js';
import { resizeBench } from './benches/resize.js';
import { targetsBench } from './benches/targets.js';
import { trialsBench } from './benches/trials.js';
import { warpBench } from './benches/warp.js';
import { webgpuBuffersBench } from './benches/webgpu-buffers.js';
import { markdown, writeJson, writeToDoc } from './report.js';

const BENCHES: readonly Bench[] = [
  embeddedBench,
  fullSizeBench,
  originalBench,
  inspectBench,
  targetsBench,
  layersBench,
  layerAccuracyBench,
  layerRowsBench,
  pinsBench,
  editsBench,
  peersBench,
  trialsBench,
  warpBench,
  resizeBench,
  webgpuBuffersBench,
];
const program = new Command('npm run bench --')
  .description('Run a benchmark and print its table for docs/.')
  .addArgument(new Argument('<bench>', 'what to measure').choices(BENCHES.map(({ name }) => name)))
  .option('--write', 'also write the table to docs/')
  .option('--python <path>', 'Python with the packages of the benchmark')
  .option('--pairs <folder>', 'folder with pairs.json, or a generated set')
  .option('--set-pairs <n>', 'evenly spaced pairs of a generated set to use', positiveInteger, 100)
  .option('--kept <file>', 'cache of the matches between runs')
  .option('--model <folder>', 'model to measure instead of the embedded one')
  .option('--size <px...>', 'image sizes (default: 512 768)', positiveIntegers)
  .option('--ensemble <n...>', 'ensemble sizes (default: 1 8)', positiveIntegers)
  .option('--rounds <n>', 'alternating measurements of each variant', positiveInteger, 3)
  .parse();

type Options = Omit<BenchOptions, 'sizesPx' | 'ensembles' | 'log'> & {
  write?: true;
  size?: number[];
  ensemble?: number[];
};

const { write, size = [512, 768], ensemble = [1, 8], ...options } = program.opts<Options>();
const bench = BENCHES.find(({ name }) => name === program.args[0]);
if (bench === undefined) throw new Error('commander lets no other name pass');

const result = await bench.run({
  ...options,
  sizesPx: size,
  ensembles: ensemble,
  log: (line) => process.stderr.write(`${line}\n`),
});
const date = new Date();
const given = process.argv.slice(3).filter((argument) => argument !== '--write');
const text = markdown(result, ['npm run bench --', bench.name, ...given].join(' '), date);
process.stdout.write(`${text}\n`);
process.stderr.write(`${writeJson(bench, result, date)}\n`);
if (write) writeToDoc(bench, text);
