import { type FailedImage, failedImages, type JobResult, SamepointError } from '@samepoint/shared-protocol';
import { isAboutImage } from '../../images/unreadable.js';

/**
 * Runs the part of a job that concerns one image, so that the failure of that image does not stop the others.
 * @param keepsGoing also after `GPU_OUT_OF_MEMORY`, if the job is not run again on smaller images
 * @throws what `act` throws, if it concerns the whole job
 */
export async function orFailure<T>(
  imageId: string,
  keepsGoing: boolean,
  act: () => Promise<T>,
): Promise<T | FailedImage> {
  try {
    return await act();
  } catch (thrown) {
    if (!(thrown instanceof SamepointError)) throw thrown;
    const doesNotFit = keepsGoing && thrown.code === 'GPU_OUT_OF_MEMORY';
    if (!doesNotFit && !isAboutImage(thrown)) throw thrown;
    const { code, message, hint } = thrown.toPayload();
    return { state: 'failed', imageId, error: { code, message, hint } };
  }
}

/** @throws SamepointError `GPU_OUT_OF_MEMORY` if the device had too little memory for every target */
export function checkAnyFits(result: JobResult): void {
  if (result.kind !== 'transfer' && result.kind !== 'warp') return;
  const failed = failedImages(result);
  const [first] = failed;
  if (first === undefined || failed.length < result.targets.length || !failed.every(isOutOfMemory)) return;
  throw new SamepointError(first.error.code, first.error.message, first.error.hint);
}

/** Whether the device had too little memory for the image. */
export function isOutOfMemory({ error }: FailedImage): boolean {
  return error.code === 'GPU_OUT_OF_MEMORY';
}
