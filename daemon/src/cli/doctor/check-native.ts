import * as z from 'zod';
import { type NativeFailure, type NativePart, nativeFailure } from '../../native-parts.js';
import { runChild } from './check-inference.js';
import { type Finding, REINSTALL } from './findings.js';

/** A package with a binary: its version, or why it does not load. */
export type NativeFacts = { part: NativePart } & (
  | { ok: true; version: string }
  | { ok: false; failure: Omit<NativeFailure, 'part'> }
);

const CHECKS: Readonly<Record<NativePart, string>> = { 'onnxruntime-node': 'runtime', sharp: 'image library' };
const TITLES: Readonly<Record<NativePart, string>> = { 'onnxruntime-node': 'ONNX Runtime', sharp: 'sharp' };

const answerSchema = z.union([z.strictObject({ version: z.string() }), z.strictObject({ error: z.string() })]);

/** Loads both native parts, each in a child process. */
export function inspectNativeParts(): Promise<NativeFacts[]> {
  return Promise.all((['onnxruntime-node', 'sharp'] as const).map(inspectPart));
}

async function inspectPart(part: NativePart): Promise<NativeFacts> {
  const answer = await runChild(new URL('./native-child.js', import.meta.url), [part]);
  if (!answer.ok) return failed(part, answer.reason);
  const value = answerSchema.parse(answer.value);
  return 'version' in value ? { part, ok: true, version: value.version } : failed(part, value.error);
}

function failed(part: NativePart, reason: string): NativeFacts {
  const failure = nativeFailure(new Error(reason)) ?? {
    message: `${TITLES[part]} cannot be loaded: ${reason.split('\n')[0]}`,
    remedy: REINSTALL,
  };
  return { part, ok: false, failure };
}

export function checkNativePart(facts: NativeFacts): Finding {
  const check = CHECKS[facts.part];
  if (facts.ok) return { check, state: 'ok', message: `${TITLES[facts.part]} ${facts.version}` };
  return { check, state: 'failed', message: facts.failure.message, fix: facts.failure.remedy };
}
