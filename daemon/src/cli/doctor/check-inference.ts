import * as z from 'zod';
import { askChild } from './ask-child.js';
import { type Finding, REINSTALL } from './finding.js';

/** What became of running the embedded network: its relative error, or why there is none. */
export type InferenceFacts = { ok: true; relativeError: number } | { ok: false; reason: string };

/** In single precision, machines differ by about 1e-6; anything above this bound is another result. */
const MAX_RELATIVE_ERROR = 1e-4;

const answerSchema = z.strictObject({ relativeError: z.number() });

/** Runs the embedded network once on the CPU, in a process of its own. */
export async function inspectInference(): Promise<InferenceFacts> {
  const answer = await askChild(new URL('./inference-child.js', import.meta.url));
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
