import type { ErrorCode } from '@samepoint/shared-protocol';

/** Exit codes of the command line; `interrupted` is 128 plus the number of SIGINT, as in shells. */
export const EXIT_CODES = { failed: 1, badInput: 2, refused: 3, notRunning: 3, badModel: 5, interrupted: 130 } as const;

const BAD_INPUT: ReadonlySet<ErrorCode> = new Set([
  'BAD_REQUEST',
  'IMAGE_MISSING',
  'IMAGE_UNREADABLE',
  'IMAGE_TOO_LARGE',
  'ITEM_OUTSIDE_IMAGE',
  'BACKEND_UNKNOWN',
]);

export function exitCodeOf(code: ErrorCode): number {
  if (BAD_INPUT.has(code)) return EXIT_CODES.badInput;
  return code === 'MODEL_INVALID' ? EXIT_CODES.badModel : EXIT_CODES.failed;
}
