import type { FailedItem, ScoreMeaning } from '../evaluate.js';
import { type CaseFigure, legendSymbol } from './case-figure.js';
import { type FigureTable, formatFigure } from './figure-table.js';

/** Content of the page. */
export interface ReportContent {
  title: string;
  /** Names and values: settings, then the machine. */
  facts: readonly (readonly [string, string])[];
  tables: readonly FigureTable[];
  failed: readonly FailedItem[];
  /** Cases of a single evaluation; absent for a sweep. */
  cases?: ReportCases;
}

export interface ReportCases {
  /** Scores of all items, 0 to 100. */
  scores: readonly number[];
  meaning: ScoreMeaning;
  best: readonly CaseFigure[];
  worst: readonly CaseFigure[];
}

/** Bins of the histogram of scores. */
const BINS = 10;

/** A self-contained HTML page: figures, histogram of scores, and drawings of the best and worst cases. */
export function reportPage({ title, facts, tables, failed, cases }: ReportContent): string {
  const rows = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<main>
<header><h1>${escapeHtml(title)}</h1></header>
${tables.map(tableHtml).join('\n')}
${failedHtml(failed)}
${cases === undefined ? '' : itemsHtml(cases)}
<section><h2>Settings</h2><dl>${rows.join('')}</dl></section>
</main>
<script>${ZOOM_SCRIPT}</script>
</body>
</html>
`;
}

function tableHtml({ title, note, rowTitle, columns, rows }: FigureTable): string {
  const head = [rowTitle, 'items', ...columns].map((name) => `<th scope="col">${escapeHtml(name)}</th>`);
  const body = rows.map(({ name, items, values }, n) => {
    const isLast = n === rows.length - 1 && rows.length > 1;
    const cells = values.map((value) => {
      // a bar shows the percentage
      const bar = value === null ? '' : ` style="--part:${Math.min(100, Math.max(0, value)).toFixed(1)}%"`;
      return `<td class="figure"${bar}>${formatFigure(value)}</td>`;
    });
    return `<tr${isLast ? ' class="total"' : ''}><th scope="row">${escapeHtml(name)}</th><td>${items}</td>${cells.join('')}</tr>`;
  });
  return `<section>
<h2>${escapeHtml(title)}</h2>
<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>
<p class="note">${escapeHtml(note)}</p>
</section>`;
}

function itemsHtml({ scores, meaning, best, worst }: ReportCases): string {
  return [histogramHtml(scores, meaning), casesHtml('Worst', worst, meaning), casesHtml('Best', best, meaning)].join(
    '\n',
  );
}

/** Number of items by score: 0 to 10, 10 to 20, … */
function histogramHtml(scores: readonly number[], { scoreMeaning }: ScoreMeaning): string {
  const bins = Array.from({ length: BINS }, (_, bin) => {
    const count = scores.filter((score) => Math.min(BINS - 1, Math.floor((score * BINS) / 100)) === bin).length;
    return { count, from: (bin * 100) / BINS, to: ((bin + 1) * 100) / BINS };
  });
  const highest = Math.max(1, ...bins.map(({ count }) => count));
  const bars = bins.map(
    ({ count, from, to }) =>
      `<li style="--part:${((100 * count) / highest).toFixed(1)}%" title="${count} items from ${from} to ${to}"><b>${count || ''}</b><i></i><span>${from}–${to}</span></li>`,
  );
  return `<section><h2>Distribution of scores</h2><p class="lead">The score of an item is ${escapeHtml(scoreMeaning)}.</p><ol class="histogram">${bars.join('')}</ol></section>`;
}

function failedHtml(failed: readonly FailedItem[]): string {
  if (failed.length === 0) return '';
  const rows = failed.map(
    ({ id, group, error }) =>
      `<li><b>${escapeHtml(id)}</b> <span>${escapeHtml(group)}</span><br>${escapeHtml(error.message)}</li>`,
  );
  return `<section><h2>Not evaluated: ${failed.length}</h2>
<p class="lead">An image of these items cannot be read. They are not part of the figures.</p>
<ul class="failed">${rows.join('')}</ul></section>`;
}

function casesHtml(title: string, cases: readonly CaseFigure[], { ranking }: ScoreMeaning): string {
  if (cases.length === 0 || ranking === undefined) return '';
  const { thresholds, of } = ranking;
  const [strictest, loosest] = [thresholds[0], thresholds.at(-1) ?? thresholds[0]];
  const figures = cases.map(({ id, group, scores, html }) => {
    const named = thresholds.map((name, n) => `<span>${escapeHtml(name)}</span> ${formatFigure(scores[n] ?? null)}`);
    return `<figure><button type="button" class="zoom" aria-label="Full size: ${escapeHtml(id)}">${html}</button><figcaption><b>${named.join(' · ')}</b> ${escapeHtml(id)} <span>${escapeHtml(group)}</span></figcaption></figure>`;
  });
  const key = [
    `${legendSymbol('source')}source point`,
    `${legendSymbol('truth')}true position`,
    `${legendSymbol('right')}found, right at ${escapeHtml(strictest)}`,
    ...(loosest === strictest ? [] : [`${legendSymbol('near')}found, right at ${escapeHtml(loosest)} only`]),
    `${legendSymbol('wrong')}found, wrong`,
  ];
  return `<section><h2>${title} cases</h2>
<p class="lead">Sorted by the percentage of right matches at ${escapeHtml(strictest)}, then at the next thresholds: ${escapeHtml(of)}. Source on the left, target on the right; equal numbers belong together. A ring without a line has no match. Select a drawing for its full size.</p>
<ul class="key">${key.map((entry) => `<li>${entry}</li>`).join('')}</ul>
<div class="cases">${figures.join('')}</div></section>`;
}

/** Toggles a drawing between the width of the page and its full size, also with the keyboard. */
const ZOOM_SCRIPT = `
const zoomed = () => document.querySelector('.zoomed');
const close = () => { const open = zoomed(); open?.classList.remove('zoomed'); open?.querySelector('button').focus(); };
addEventListener('click', ({ target }) => {
  const button = target.closest('.zoom');
  if (button === null) return;
  if (zoomed()) return close();
  button.parentElement.classList.add('zoomed');
});
addEventListener('keydown', ({ key }) => { if (key === 'Escape') close(); });
`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** Style of the page, for light and dark mode and for print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --dim: #6b6d76; --paper: #f6f6f8; --card: #fff; --line: #e3e3e8; --bar: #dcd8fb; --accent: #5b4bdb; --right: #0f8f5d; --near: #c2410c; --wrong: #d41f15; --truth: #f2b705; --source: #2563eb; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf1; --dim: #9a9ca6; --paper: #17181c; --card: #202127; --line: #33343c; --bar: #3a3370; --accent: #a094ff; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 Inter, system-ui, sans-serif; }
main { max-width: 1120px; margin: 40px auto; padding: 0 24px; }
h1 { font-size: 24px; margin: 0 0 24px; }
h2 { font-size: 16px; margin: 0 0 12px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 24px; margin: 0 0 16px; break-inside: avoid-page; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child { text-align: left; font-weight: 500; padding-left: 0; }
thead th { color: var(--dim); font-weight: 500; font-size: 13px; white-space: normal; vertical-align: bottom; }
.figure { background: linear-gradient(to right, var(--bar) var(--part, 0%), transparent 0); background-size: 100% 4px; background-repeat: no-repeat; background-position: 0 100%; }
.total th, .total td { font-weight: 700; border-bottom: 0; }
.note, .lead, .key { color: var(--dim); font-size: 13px; margin: 12px 0 0; }
.lead { margin: 0 0 12px; max-width: 76ch; }
.key { margin: 0 0 16px; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; }
.key li { display: flex; align-items: center; gap: 6px; }
.source, .right { fill: var(--source); stroke: #fff; stroke-width: 1.5; }
.right { fill: var(--right); }
.near { fill: var(--near); stroke: #fff; stroke-width: 1.5; }
.truth { fill: none; stroke: var(--truth); stroke-width: 2.5; }
.wrong { fill: none; stroke: var(--wrong); stroke-width: 2.75; }
.symbol { flex: none; overflow: visible; }
.mark { transform: translate(var(--x), var(--y)) scale(var(--shrunk)); }
.mark text { font: 700 12px system-ui, sans-serif; fill: #fff; stroke: #16171b; stroke-width: 3.5; paint-order: stroke; stroke-linejoin: round; }
.link { fill: none; stroke-width: 1.75; vector-effect: non-scaling-stroke; }
.link.right { stroke: var(--right); }
.link.near { stroke: var(--near); stroke-dasharray: 6 3; }
.link.wrong { stroke: var(--wrong); stroke-dasharray: 2 3; }
.histogram { display: flex; gap: 6px; height: 160px; margin: 0; padding: 0; list-style: none; }
.histogram li { flex: 1; display: flex; flex-direction: column; justify-content: flex-end; text-align: center; font-size: 12px; color: var(--dim); }
.histogram b { color: var(--ink); font-weight: 600; }
.histogram i { display: block; height: calc(var(--part) * 0.7); background: var(--accent); border-radius: 3px 3px 0 0; min-height: 1px; }
.cases { display: grid; gap: 32px; }
figure { margin: 0; min-width: 0; content-visibility: auto; contain-intrinsic-size: auto 600px; }
.zoom { display: block; max-width: 100%; padding: 0; border: 0; border-radius: 8px; background: none; color: inherit; cursor: zoom-in; }
.zoom svg { max-width: 100%; max-height: 760px; width: auto; height: auto; display: block; background: var(--line); border-radius: 8px; }
.zoomed { position: fixed; inset: 0; z-index: 1; overflow: auto; background: var(--paper); padding: 16px; content-visibility: visible; }
.zoomed .zoom { max-width: none; cursor: zoom-out; }
.zoomed .zoom svg { max-width: none; max-height: none; --shrunk: 1 !important; }
@media (max-width: 720px) { main { padding: 0 12px; } section { padding: 16px; } .mark { transform: translate(var(--x), var(--y)) scale(calc(2.2 * var(--shrunk))); } .zoomed .mark { transform: translate(var(--x), var(--y)); } }
.failed { margin: 0; padding: 0 0 0 20px; font-size: 13px; overflow-wrap: anywhere; }
.failed span { color: var(--dim); }
figcaption { font-size: 13px; margin-top: 6px; overflow-wrap: anywhere; }
figcaption span { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 24px; margin: 0; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
`;
