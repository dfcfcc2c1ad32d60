import type { Frame, Item, JobProgress, Layer, Placement, TransferRequest } from '@samepoint/shared-protocol';
import { JobRunner } from '../../../daemon/src/engine/jobs/run-job.js';
import { CPU_RUNTIME } from '../../../daemon/src/graph/runtime/runtime.js';
import { type Colour, moved, type Rect } from '../../../daemon/test/support/draw.js';
import { layer } from '../../../daemon/test/support/layers.js';
import { testImage } from '../../../daemon/test/support/strips.js';
import type { Bench, BenchOptions, BenchResult } from '../bench.js';

/** Time and memory are sampled after these numbers of targets. */
const MARKS = [10, 25, 50, 100] as const;

/** Small images, to keep the features cheap. */
const STRIP = { width: 320, height: 16 };
const RECTS: readonly Rect[] = [
  { x: 20, y: 4, w: 60, h: 9, colour: [30, 30, 30] },
  { x: 150, y: 6, w: 90, h: 8, colour: [200, 40, 40] },
  { x: 262, y: 2, w: 16, h: 12, colour: [40, 40, 200] },
];

/** Largest offset between source and target; repeated offsets get another background. */
const SHIFTS_PX = 40;

/** Items per rectangle: a point, a box, and the layer. */
const ITEMS: readonly Item[] = RECTS.flatMap(({ x, y, w, h }, n): Item[] => [
  { kind: 'point', itemId: `point ${n}`, point: { x: x + w / 2, y: y + h / 2 } },
  { kind: 'box', itemId: `box ${n}`, box: { x, y, w, h } },
  { kind: 'layer', itemId: `layer ${n}`, layerId: layerIdOf(n) },
]);

interface Mark {
  targets: number;
  seconds: number;
  /** Of all cores; less affected by other programs than elapsed time. */
  processorSeconds: number;
  rssMb: number;
}

/** Growth with the number of targets: time should be linear, memory constant. */
export const targetsBench: Bench = { name: 'targets', title: 'One source, many targets', run: runTargets };

async function runTargets({ log }: BenchOptions): Promise<BenchResult> {
  const runner = new JobRunner(CPU_RUNTIME);
  const strips = await Promise.all(Array.from({ length: 2 + Math.max(...MARKS) }, (_, n) => strip(n)));
  const images = new Map(strips.map(({ frame, bytes }) => [frame.imageId, bytes]));
  const [source, first, ...targets] = strips.map(({ frame }) => frame);
  if (source === undefined || first === undefined) throw new Error('there are no strips');
  // exclude one-time compilation
  await runner.run({ request: requestOf(source, [first]), images }, () => {});
  const marks: Mark[] = [];
  const rssStart = process.memoryUsage.rss();
  const cpuStart = process.cpuUsage();
  const mark = ({ stage, done, total, elapsedMs }: JobProgress): void => {
    const count = (done / total) * targets.length;
    if (stage !== 'matching' || !MARKS.some((one) => one === count)) return;
    const rssMb = (process.memoryUsage.rss() - rssStart) / 1e6;
    const { user, system } = process.cpuUsage(cpuStart);
    marks.push({ targets: count, seconds: elapsedMs / 1000, processorSeconds: (user + system) / 1e6, rssMb });
    log(JSON.stringify(marks.at(-1)));
  };
  const { result } = await runner.run({ request: requestOf(source, targets), images }, mark);
  if (result.kind !== 'transfer') throw new TypeError(`a transfer answered with ${result.kind}`);
  const placements = result.targets.flatMap((target) => (target.state === 'failed' ? [] : target.placements));
  const layersFound = placements.filter(isOnItsLayer).length;
  return {
    columns: ['targets', 'time', 'processor time', 'per target', 'memory beyond the first target'],
    rows: marks.map((at) => [
      String(at.targets),
      `${at.seconds.toFixed(1)} s`,
      `${at.processorSeconds.toFixed(1)} s`,
      `${((1000 * at.processorSeconds) / at.targets).toFixed(0)} ms`,
      `${at.rssMb.toFixed(0)} MB`,
    ]),
    notes: [
      `One transfer job with the embedded model: ${RECTS.length} points, ${RECTS.length} boxes and ${RECTS.length} layers in strips of ${STRIP.width}×${STRIP.height} pixels, including decoding and features. "Per target" is processor time on all cores, which other programs on the machine affect less than elapsed time. ${layersFound} of ${RECTS.length * targets.length} layers are matched correctly. Features of each target stay in memory (1.3 MB here), up to a gigabyte.`,
    ],
    measurements: { marks, layersFound },
  };
}

async function strip(n: number): Promise<{ frame: Frame; bytes: Uint8Array }> {
  const rects = moved(RECTS, n % SHIFTS_PX, 0);
  const ground: Colour = [255, 255, 255 - Math.floor(n / SHIFTS_PX)];
  const { imageId, bytes } = await testImage(STRIP.width, STRIP.height, rects, ground);
  const layers = rects.map(({ x, y, w, h }, k): Layer => layer(layerIdOf(k), { x, y, w, h }));
  return { frame: { imageId, layers }, bytes };
}

function requestOf(source: Frame, targets: readonly Frame[]): TransferRequest {
  return {
    kind: 'transfer',
    backend: 'ui',
    source,
    targets: targets.map((frame, n) => ({ targetId: `target ${n}`, frame })),
    items: [...ITEMS],
  };
}

function layerIdOf(n: number): string {
  return `rectangle ${n}`;
}

function isOnItsLayer(placement: Placement): boolean {
  if (placement.kind !== 'layer') return false;
  const asked = ITEMS.find(({ itemId }) => itemId === placement.itemId);
  return asked?.kind === 'layer' && asked.layerId === placement.layerId;
}
