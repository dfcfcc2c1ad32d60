import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { diffDesigns } from '../../plugin/src/edits/diff-designs.js';
import { layersByNeed } from '../../plugin/src/edits/layers-by-need.js';
import type { Design } from '../../plugin/src/shared/design.js';
import type { ExportedFrame } from '../../plugin/src/shared/messages.js';
import { scaleNotes } from '../../plugin/src/ui/flow/parts.js';
import { Draft, type Part } from '../edits/draft.js';
import { exportDesign } from '../edits/draw-design.js';
import { paint } from '../edits/library.js';
import { edited } from '../edits/random-edits.js';
import { asTarget, targetId } from '../edits/replay.js';
import { variationOf } from '../edits/variations.js';
import { DaemonProcess } from './daemon-process.js';
import { PluginWithoutWindow, summaryOf } from './plugin-without-window.js';

const TARGETS = 100;
const TIMEOUT_MS = 60 * 60_000;
const LIMIT_MB = 300;
/** Rows of 8 layers each in two columns; with the frame, the columns and a heading 500 layers. */
const ROWS = 62;

it(
  `edits of a frame reach ${TARGETS} others of 500 layers in parts, with bounded memory`,
  async () => {
    const base = table();
    const ours = edited(base, EDITS);
    const source = await exportDesign(base, 'source', 'Source');
    const before = usedMb();
    const frames = await targetsOf(base);
    expect(source.layers).toHaveLength(500);
    expect(scaleNotes(summaryOf(source), frames.map(summaryOf)).join(' ')).toMatch(/compares them in about \d+ parts/);
    const items = layersByNeed(diffDesigns(base, ours), base, ours).map((layerId) => ({
      item: { kind: 'layer', itemId: layerId, layerId } as const,
      label: layerId,
      detail: '',
    }));
    const daemon = await DaemonProcess.start();
    try {
      const plugin = PluginWithoutWindow.open(daemon);
      const pngMb = frames.reduce((sum, { png }) => sum + png.length, 0) / 1e6;
      const exported = { command: 'transfer-edits', source, targets: frames.splice(0), items, after: ours } as const;
      const start = performance.now();
      const preview = await plugin.run(exported, 'edits');
      const minutes = (performance.now() - start) / 60_000;
      const added = usedMb() - before;
      const figures = `${plugin.jobs} jobs, ${minutes.toFixed(1)} min, ${added.toFixed(0)} MB, of these pictures ${pngMb.toFixed(0)}`;
      process.stderr.write(`${figures}\n`);

      expect(plugin.jobs).toBeGreaterThan(1);
      expect(preview.failed).toEqual([]);
      expect(preview.targets).toHaveLength(TARGETS);
      const found = preview.targets.flatMap(({ counterparts }) => Object.entries(counterparts));
      const right = found.filter(([id, { layerId }]) => layerId === targetId(id));
      expect(found).toHaveLength(TARGETS * items.length);
      expect(right.length / found.length).toBeGreaterThan(0.95);
      expect(added).toBeLessThan(LIMIT_MB);
    } finally {
      await daemon.stop();
    }
  },
  TIMEOUT_MS,
);

const KINDS = ['text', 'fill', 'radius', 'move', 'add', 'font size', 'opacity', 'remove'] as const;
const EDITS = KINDS.flatMap((kind, n) => [1, 2].map((a) => ({ kind, layer: 61 * n * a + 7, a: 3 * n + a, b: 5 * n })));

/** Memory of this process that is in use, in MB. */
function usedMb(): number {
  setFlagsFromString('--expose_gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

const KINDS_OF_TARGETS = ['none', 'renamed', 'dark', 'wide', 'translated'] as const;

/** Each is another picture. */
async function targetsOf(base: Design): Promise<ExportedFrame[]> {
  const frames: ExportedFrame[] = [];
  for (let n = 0; n < TARGETS; n++) {
    const kind = KINDS_OF_TARGETS[n % KINDS_OF_TARGETS.length] ?? 'none';
    const draft = Draft.of(variationOf({ kind, picks: [n, n, n] }, base, base).apply(base));
    draft.get('heading').props.characters = `Orders of store ${n + 1}`;
    frames.push(await exportDesign(asTarget(draft.design()), `target-${n}`, `Target ${n + 1}`));
  }
  return frames;
}

function table(): Design {
  const columns = [0, 1].map((column): Part => {
    const rows = Array.from({ length: ROWS / 2 }, (_, n) => row(`row-${column * (ROWS / 2) + n}`, 60 * n));
    return {
      key: `column-${column}`,
      type: 'FRAME',
      name: 'Column',
      x: 40 + 700 * column,
      y: 80,
      width: 660,
      height: 1880,
      children: rows,
    };
  });
  const heading = text('heading', 'Orders', 40, 24, 24);
  return Draft.from({
    ...{ key: 'screen', type: 'FRAME', name: 'Orders', width: 1440, height: 2000 },
    props: { fills: [paint('#f5f6f8')] },
    children: [heading, ...columns],
  }).design();
}

const NAMES = ['Ada Brandt', 'Ole Petersen', 'Nora Quist', 'Ines Duarte', 'Tom Okafor', 'Mia Sato', 'Lev Marek'];
const THINGS = [
  'Two lamps',
  'A red chair',
  'Four plates',
  'One desk',
  'Six glasses',
  'A blue rug',
  'Three shelves',
  'A mirror',
];
const COLOURS = ['#2f6bff', '#e5484d', '#f08a24', '#6dd5c4', '#b79bff'];

function row(key: string, y: number): Part {
  const n = Number(key.slice(4));
  const of = <T>(list: readonly T[], step: number): T => list[(n * step) % list.length] as T;
  const box = (name: string, x: number, width: number, colour: string, children: Part[] = []): Part => ({
    ...{ key: `${key}/${name}`, type: children.length > 0 ? 'FRAME' : 'RECTANGLE', name, x, y: 10, width, height: 36 },
    props: { fills: [paint(colour)] },
    children,
  });
  return {
    ...{ key, type: 'FRAME', name: 'Row', y, width: 660, height: 56, props: { fills: [paint('#ffffff')] } },
    children: [
      box('picture', 10, 36, of(COLOURS, 1)),
      text(`${key}/name`, of(NAMES, 1), 60, 8, 14),
      text(`${key}/thing`, `${of(THINGS, 3)}, order ${1000 + 37 * n}`, 60, 30, 12),
      text(`${key}/price`, `${12 + ((n * 17) % 90)}.${10 + (n % 80)} €`, 380, 20, 14),
      box('badge', 480, 90, of(COLOURS, 2), [text(`${key}/state`, of(['Sent', 'Open', 'Paid'], 1), 10, 10, 12)]),
      box('more', 610, 36, '#e1e4ea'),
    ],
  };
}

function text(key: string, characters: string, x: number, y: number, fontSize: number): Part {
  return { key, type: 'TEXT', name: 'Text', x, y, props: { characters, fontSize, fills: [paint('#171a21')] } };
}
