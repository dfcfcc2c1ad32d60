import { fork } from 'node:child_process';
import * as z from 'zod';
import { type Finding, REINSTALL } from './findings.js';

/** Relative error of the embedded network, or why it does not run. */
export type InferenceFacts = { ok: true; relativeError: number } | { ok: false; reason: string };

/** Single-precision results differ by about 1e-6 between machines. */
const MAX_RELATIVE_ERROR = 1e-4;

const answerSchema = z.strictObject({ relativeError: z.number() });

/** Runs the embedded network once on the CPU, in a child process. */
export async function inspectInference(): Promise<InferenceFacts> {
  const answer = await runChild(new URL('./inference-child.js', import.meta.url));
  return answer.ok ? { ok: true, ...answerSchema.parse(answer.value) } : answer;
}

export function checkInference(facts: InferenceFacts): Finding {
  const check = 'inference';
  if (!facts.ok) {
    return { check, state: 'failed', message: `the embedded network does not run: ${facts.reason}`, fix: REINSTALL };
  }
  const error = facts.relativeError === 0 ? '0' : facts.relativeError.toExponential(1);
  if (facts.relativeError <= MAX_RELATIVE_ERROR) {
    return { check, state: 'ok', message: `the embedded network works; relative error ${error}` };
  }
  const message = `the embedded network returns wrong features; relative error ${error}`;
  return { check, state: 'failed', message, fix: REINSTALL };
}

/** The message of a child process, or why it ended without one. */
export type ChildResult = { ok: true; value: unknown } | { ok: false; reason: string };

/** Long enough for a driver that compiles shaders for the first time; a hanging driver is killed. */
const TIMEOUT_MS = 120_000;
/** Length of the stderr tail that is searched for an error. */
const STDERR_TAIL_CHARS = 4000;

/** Runs a script that sends one message in a child process, because a driver can crash its process. */
export function runChild(entry: URL, args: readonly string[] = []): Promise<ChildResult> {
  const child = fork(entry, [...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = `${printed}${text}`.slice(-STDERR_TAIL_CHARS);
  });
  return new Promise((resolve) => {
    const finish = (value: ChildResult) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(value);
    };
    const timeOut = () => finish({ ok: false, reason: `no result within ${TIMEOUT_MS / 1000} seconds` });
    const timer = setTimeout(timeOut, TIMEOUT_MS);
    child.once('message', (value) => finish({ ok: true, value }));
    child.once('error', (error) => finish({ ok: false, reason: error.message }));
    child.once('close', (code, signal) =>
      finish({ ok: false, reason: errorLine(printed) ?? exitReason(code, signal) }),
    );
  });
}

/** The last line that starts with an error class, without the class. The lines after it are a stack trace. */
function errorLine(printed: string): string | undefined {
  const line = printed.split('\n').findLast((text) => /^\w*(Error|Warning)\b/.test(text));
  return line?.replace(/^\w+( \[\w+\])?: /, '');
}

function exitReason(code: number | null, signal: NodeJS.Signals | null): string {
  return `the process ended with ${signal ?? `code ${code}`}`;
}
