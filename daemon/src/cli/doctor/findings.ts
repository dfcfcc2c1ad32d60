/** `none`: does not apply here, or is not needed. `warning`: Samepoint works, but something is not as it could be. */
export type FindingState = 'ok' | 'none' | 'warning' | 'failed';

/** What to do about a finding, and the one command that does it where there is one. */
export interface Fix {
  sentence: string;
  command?: string;
}

export const REINSTALL: Fix = {
  sentence: 'Install the packages again at the top of the clone, then run npm start:',
  command: 'npm ci',
};

/** The answer to one check. */
export interface Finding {
  /** Names the check for programs and people: `node`, `provider webgpu`, `model sd21`. */
  check: string;
  state: FindingState;
  /** What was found, one sentence without its full stop. */
  says: string;
  fix?: Fix;
}

/** Whether Samepoint can do its work here, if not as fast as it could. */
export function worksWith(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state !== 'failed');
}

const WIDTH = 100;
const MARKS: Record<FindingState, string> = { ok: 'ok', none: '–', warning: '!', failed: 'FAILED' };
const MARK_WIDTH = Math.max(...Object.values(MARKS).map(({ length }) => length));
const GAP = 2;

/** What `samepoint doctor` prints for people: a line for each check, wrapped, with what to do below. */
export function doctorTable(findings: readonly Finding[]): string {
  const nameWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = MARK_WIDTH + nameWidth + 2 * GAP;
  const lines = findings.flatMap(({ check, state, says, fix }) => {
    const head = `${MARKS[state].padEnd(MARK_WIDTH + GAP)}${check.padEnd(nameWidth + GAP)}`;
    const [first = '', ...more] = wrap(says, WIDTH - indent);
    const advice = fix === undefined ? [] : wrap(fix.sentence, WIDTH - indent);
    // a command is not wrapped: it is there to be copied
    const command = fix?.command === undefined ? [] : [`  ${fix.command}`];
    return [`${head}${first}`, ...[...more, ...advice, ...command].map((line) => `${' '.repeat(indent)}${line}`)];
  });
  return `${lines.join('\n')}\n`;
}

/** Breaks a text into lines; a word that is longer than a line stands alone. */
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
