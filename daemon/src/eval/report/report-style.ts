/** Style of the report page, for light and dark screens and for paper. */
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
