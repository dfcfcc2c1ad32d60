import type { ErrorCode } from '@samepoint/shared-protocol';

/** What a guard says: go on, or why not and what to do about it. */
export type Verdict = { ok: true } | { ok: false; code: ErrorCode; message: string; hint: string };
