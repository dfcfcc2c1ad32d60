import { type Remedy, reinstallation } from '../../native-parts.js';

/** `none`: not applicable. `warning`: Samepoint works, but could be improved. */
export type FindingState = 'ok' | 'none' | 'warning' | 'failed';

/** How to fix a finding, and the command that does it, if there is one. */
export type Fix = Remedy;

export const REINSTALL: Fix = reinstallation();

/** Result of one check. */
export interface Finding {
  /** Name of the check: `node`, `provider webgpu`, `model sd21`. */
  check: string;
  state: FindingState;
  /** One sentence without a full stop. */
  message: string;
  fix?: Fix;
}

/** Whether Samepoint works on this computer. */
export function worksWith(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'failed');
}

const WIDTH = 100;
const MARKS: Record<FindingState, string> = { ok: 'ok', none: '–', warning: '!', failed: 'FAILED' };
const MARK_WIDTH = Math.max(...Object.values(MARKS).map(({ length }) => length));
const GAP = 2;

/** Renders findings: a wrapped line for each check, with its fix below. */
export function doctorTable(findings: readonly Finding[]): string {
  const nameWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = MARK_WIDTH + nameWidth + 2 * GAP;
  const lines = findings.flatMap(({ check, state, message, fix }) => {
    const head = `${MARKS[state].padEnd(MARK_WIDTH + GAP)}${check.padEnd(nameWidth + GAP)}`;
    const [first = '', ...more] = wrap(message, WIDTH - indent);
    const advice = fix === undefined ? [] : wrap(fix.sentence, WIDTH - indent);
    // commands are not wrapped, so that they can be copied
    const command = fix?.command === undefined ? [] : [`  ${fix.command}`];
    return [`${head}${first}`, ...[...more, ...advice, ...command].map((line) => `${' '.repeat(indent)}${line}`)];
  });
  return `${lines.join('\n')}\n`;
}

/** Wraps a text at spaces. A word longer than a line gets its own line. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
