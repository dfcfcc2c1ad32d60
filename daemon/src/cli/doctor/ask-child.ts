import { fork } from 'node:child_process';

/** What a child process answered, or how it ended without an answer. */
export type ChildAnswer = { ok: true; value: unknown } | { ok: false; reason: string };

/** A driver that compiles shaders for the first time needs long, one that hangs for ever. */
const TIMEOUT_MS = 120_000;
/** The end of what the process printed; a driver's last words are there. */
const KEPT_CHARS = 4000;

/** Runs a script that sends one message, in a process of its own: a driver can end the process it is loaded into. */
export function askChild(entry: URL, args: readonly string[] = []): Promise<ChildAnswer> {
  const child = fork(entry, [...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let printed = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed = `${printed}${text}`.slice(-KEPT_CHARS);
  });
  return new Promise((resolve) => {
    const answer = (value: ChildAnswer) => {
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
