import { type ClientMessage, clientMessageSchema, LIMITS, SamepointError } from '@samepoint/shared-protocol';
import { z } from 'zod';

export type ReadOutcome = { ok: true; message: ClientMessage } | { ok: false; error: SamepointError };

const KNOWN_TYPES: ReadonlySet<string> = new Set(clientMessageSchema.options.map((option) => option.shape.type.value));

/** Lenient, so that a client of another version gets a version error rather than one about its fields. */
const looseHelloSchema = z.object({
  type: z.literal('hello'),
  protocol: z.object({ min: z.number().int().positive(), max: z.number().int().positive() }),
});

/** The protocol range of a hello, even one with fields unknown to this build. */
export function readHelloRange(value: unknown): { min: number; max: number } | undefined {
  const parsed = looseHelloSchema.safeParse(value);
  return parsed.success ? parsed.data.protocol : undefined;
}

/** The JSON of a text frame, or undefined. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Parses and validates a client's message. */
export function readClientMessage(value: unknown): ReadOutcome {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string')
    return { ok: false, error: badRequest('The message is not a JSON object with a type.') };
  if (!KNOWN_TYPES.has(type)) return { ok: false, error: unknownMessage(type) };
  const parsed = clientMessageSchema.safeParse(value);
  if (parsed.success) return { ok: true, message: parsed.data };
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).join('.').slice(0, LIMITS.nameChars);
  const where = path === '' ? type : `${type}, ${path}`;
  const details = { type, path, ...jobIdIn(value) };
  return {
    ok: false,
    error: badRequest(`The message does not match the protocol (${where}): ${issue?.message ?? ''}`, details),
  };
}

/** The error of a message that violates the protocol. */
export function badRequest(message: string, details?: Record<string, string>): SamepointError {
  return new SamepointError(
    'BAD_REQUEST',
    message,
    'This is a bug in the client: update it, or report it.',
    details === undefined ? {} : { details },
  );
}

function unknownMessage(type: string): SamepointError {
  return new SamepointError(
    'UNKNOWN_MESSAGE',
    `Messages of type “${type.slice(0, LIMITS.idChars)}” are unknown to this daemon.`,
    'Update the daemon to use this feature.',
  );
}

function jobIdIn(value: unknown): { jobId?: string } {
  if (typeof value !== 'object' || value === null || !('jobId' in value)) return {};
  const { jobId } = value;
  return typeof jobId === 'string' && jobId.length <= LIMITS.idChars ? { jobId } : {};
}
