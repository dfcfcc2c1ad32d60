import type { Evaluation } from '../evaluate.js';
import type { CaseFigure } from './case-figure.js';
import { type FigureTable, formatFigure } from './figure-table.js';

/** Content of the page. */
export interface ReportContent {
  title: string;
  /** Names and values: settings, then the machine. */
  facts: readonly (readonly [string, string])[];
  tables: readonly FigureTable[];
  /** Cases of a single evaluation; absent for a sweep. */
  cases?: ReportCases;
}

export interface ReportCases {
  /** Scores of all items, 0 to 100. */
  scores: readonly number[];
  meaning: Evaluation['meaning'];
  best: readonly CaseFigure[];
  worst: readonly CaseFigure[];
}

/** Bins of the histogram of scores. */
const BINS = 10;

/** A self-contained HTML page: figures, histogram of scores, and drawings of the best and worst cases. */
export function reportPage({ title, facts, tables, cases }: ReportContent): string {
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
${cases === undefined ? '' : itemsHtml(cases)}
<section><h2>Settings</h2><dl>${rows.join('')}</dl></section>
</main>
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
function histogramHtml(scores: readonly number[], { scoreMeaning }: Evaluation['meaning']): string {
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

function casesHtml(title: string, cases: readonly CaseFigure[], { rightMeaning = '' }: Evaluation['meaning']): string {
  if (cases.length === 0) return '';
  const figures = cases.map(
    ({ id, group, score, html }) =>
      `<figure>${html}<figcaption><b>Score ${formatFigure(score)}</b> ${escapeHtml(id)} <span>${escapeHtml(group)}</span></figcaption></figure>`,
  );
  return `<section><h2>${title} cases</h2>
<p class="lead">Source on the left, target on the right. A match is correct ${escapeHtml(rightMeaning)}. Lines join the true and the predicted positions. A ring without a line has no match.</p>
<ul class="key"><li><i class="source"></i>source point</li><li><i class="truth"></i>true position</li><li><i class="right"></i>correct match</li><li><i class="wrong"></i>incorrect match</li></ul>
<div class="cases">${figures.join('')}</div></section>`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character);
}

/** Style of the page, for light and dark mode and for print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: #1c1d22; --dim: #6b6d76; --paper: #f6f6f8; --card: #fff; --line: #e3e3e8; --bar: #dcd8fb; --accent: #5b4bdb; --right: #13a36b; --wrong: #e0352b; --truth: #f2b705; --source: #3b82f6; }
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
.key i { width: 12px; height: 12px; border-radius: 50%; flex: none; }
.key .source { background: var(--source); } .key .truth { border: 3px solid var(--truth); } .key .right { background: var(--right); } .key .wrong { background: var(--wrong); }
.histogram { display: flex; gap: 6px; height: 160px; margin: 0; padding: 0; list-style: none; }
.histogram li { flex: 1; display: flex; flex-direction: column; justify-content: flex-end; text-align: center; font-size: 12px; color: var(--dim); }
.histogram b { color: var(--ink); font-weight: 600; }
.histogram i { display: block; height: calc(var(--part) * 0.7); background: var(--accent); border-radius: 3px 3px 0 0; min-height: 1px; }
.cases { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 24px; }
figure { margin: 0; }
figure svg { width: 100%; height: auto; max-height: 480px; display: block; background: var(--paper); border-radius: 8px; }
figcaption { font-size: 13px; margin-top: 6px; overflow-wrap: anywhere; }
figcaption span { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 24px; margin: 0; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
`;
