import type { RefusalCause } from '@samepoint/shared-protocol';

/** Why no transform is accepted: for people, and for programs. */
export interface Refusal {
  reason: string;
  cause: RefusalCause;
}
