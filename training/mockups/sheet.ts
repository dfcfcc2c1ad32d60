import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Box } from './measure.js';
import type { PairRecord } from './write-set.js';

const COLOURS = {
  text: '#e5484d',
  word: '#f5a524',
  icon: '#0091ff',
  image: '#30a46c',
  box: '#8e4ec6',
  control: '#d6409f',
};
const HEIGHT_PX = 620;

/** Draws pairs of a set side by side with boxes, dashed for elements without a counterpart. @returns a PNG */
export async function contactSheet(browser: Browser, folder: string, from: number, count: number, boxes: boolean) {
  const file = join(folder, 'pairs.jsonl');
  if (!existsSync(file)) throw new Error(`${file} is not there: give the folder of a set`);
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const records: PairRecord[] = lines.slice(from, from + count).map((line) => JSON.parse(line));
  const html = `<body style="margin:8px;font:13px sans-serif;background:#fff;display:flex;flex-wrap:wrap;gap:14px;width:2200px">${records.map((record) => pairHtml(folder, record, boxes)).join('')}`;
  const path = join(folder, 'sheet.html');
  writeFileSync(path, html);
  const page = await browser.newPage({ viewport: { width: 2216, height: 900 } });
  await page.goto(pathToFileURL(resolve(path)).href);
  const image = await page.screenshot({ fullPage: true });
  await page.close();
  return image;
}

function pairHtml(folder: string, record: PairRecord, boxes: boolean): string {
  const title = `${record.id} · ${record.change.join(', ')} · ${[...new Set(record.style)].join(' → ')}`;
  return `<div><div style="max-width:1080px">${title}</div><div style="display:flex;gap:6px">${side(folder, record, 'source', boxes)}${side(folder, record, 'target', boxes)}</div></div>`;
}

function side(folder: string, record: PairRecord, which: 'source' | 'target', boxes: boolean): string {
  const [width, height] = which === 'source' ? record.sourceSize : record.targetSize;
  const scale = Math.min(HEIGHT_PX / height, 530 / width);
  const image = pathToFileURL(resolve(folder, record[which])).href;
  const drawn = boxes
    ? record.elements.map((element) => {
        const box = element[which];
        const alone = element.source === null || element.target === null;
        return box === null ? '' : boxHtml(box, scale, COLOURS[element.type], alone, element.rigid);
      })
    : [];
  return `<div style="position:relative;width:${width * scale}px;height:${height * scale}px"><img src="${image}" style="width:100%;height:100%">${drawn.join('')}</div>`;
}

function boxHtml(box: Box, scale: number, colour: string, alone: boolean, rigid: boolean): string {
  const [x, y, width, height] = box.map((value) => value * scale);
  const fill = rigid ? `background:${colour}22;` : '';
  return `<i style="position:absolute;box-sizing:border-box;left:${x}px;top:${y}px;width:${width}px;height:${height}px;border:1px ${alone ? 'dashed' : 'solid'} ${colour};${fill}"></i>`;
}
