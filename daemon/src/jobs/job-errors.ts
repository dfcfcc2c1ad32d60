import { LIMITS, SamepointError } from '@samepoint/shared-protocol';

/** When a client with a full queue should ask again. */
const RETRY_WHEN_FULL_MS = 2_000;

/** The client has as many jobs as it may. */
export function queueFull(): SamepointError {
  return new SamepointError(
    'QUEUE_FULL',
    `${LIMITS.jobsPerConnection} jobs wait or run already.`,
    'Wait until one is done, or cancel one.',
    { retryAfterMs: RETRY_WHEN_FULL_MS },
  );
}

/** `details` has one entry for each missing image, named by its id. */
export function imageMissing(imageIds: readonly string[]): SamepointError {
  return new SamepointError(
    'IMAGE_MISSING',
    imageIds.length === 1 ? 'An image of the job is not here.' : `${imageIds.length} images of the job are not here.`,
    'Send the missing images, then start the job again.',
    { details: Object.fromEntries(imageIds.map((id) => [id, 'missing'])) },
  );
}
