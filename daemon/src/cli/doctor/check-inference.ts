import { fork } from 'node:child_process';
import * as z from 'zod';
import { type Finding, REINSTALL } from './findings.js';

/** What became of running the embedded network: its relative error, or why there is none. */
export type InferenceFacts = { ok: true; relativeError: number } | { ok: false; reason: string };

/** In single precision, machines differ by about 1e-6; anything above this bound is another result. */
const MAX_RELATIVE_ERROR = 1e-4;

const answerSchema = z.strictObject({ relativeError: z.number() });

/** Runs the embedded network once on the CPU, in a process of its own. */
export async function inspectInference(): Promise<InferenceFacts> {
  const answer = await runChild(new URL('./inference-child.js', import.meta.url));
  return answer.ok ? { ok: true, ...answerSchema.parse(answer.value) } : answer;
}

export function checkInference(facts: InferenceFacts): Finding {
  const check = 'inference';
  if (!facts.ok) {
    return { check, state: 'failed', says: `the embedded network does not run: ${facts.reason}`, fix: REINSTALL };
  }
  const error = facts.relativeError === 0 ? '0' : facts.relativeError.toExponential(1);
  if (facts.relativeError <= MAX_RELATIVE_ERROR) {
    return { check, state: 'ok', says: `the embedded network runs; its relative error here is ${error}` };
  }
  const says = `the embedded network gives other features than it should, with a relative error of ${error}`;
  return { check, state: 'failed', says, fix: REINSTALL };
}

/** What a child process answered, or how it ended without an answer. */
export type ChildResult = { ok: true; value: unknown } | { ok: false; reason: string };

/** A driver that compiles shaders for the first time needs long, one that hangs for ever. */
const TIMEOUT_MS = 120_000;
/** The end of what the process printed; a driver's last words are there. */
const KEPT_CHARS = 4000;

/** Runs a script that sends one message, in a process of its own: a driver can end the process it is loaded into. */
export function runChild(entry: URL, args: readonly string[] = []): Promise<ChildResult> {
  const child = fork(entry, [...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = `${printed}${text}`.slice(-KEPT_CHARS);
  });
  return new Promise((resolve) => {
    const answer = (value: ChildResult) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(value);
    };
    const tooLate = () => answer({ ok: false, reason: `no answer within ${TIMEOUT_MS / 1000} seconds` });
    const timer = setTimeout(tooLate, TIMEOUT_MS);
    child.once('message', (value) => answer({ ok: true, value }));
    child.once('error', (error) => answer({ ok: false, reason: error.message }));
    child.once('close', (code, signal) => answer({ ok: false, reason: lastWords(printed) ?? endOf(code, signal) }));
  });
}

/** The line that names an error, without its class; the lines after it are a stack. */
function lastWords(printed: string): string | undefined {
  const line = printed.split('\n').findLast((text) => /^\w*(Error|Warning)\b/.test(text));
  return line?.replace(/^\w+( \[\w+\])?: /, '');
}

function endOf(code: number | null, signal: NodeJS.Signals | null): string {
  return `the process ended with ${signal ?? `code ${code}`}`;
}
