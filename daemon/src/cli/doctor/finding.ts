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
