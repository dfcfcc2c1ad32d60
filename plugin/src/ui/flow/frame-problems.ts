import { type ErrorCode, type ErrorPayload, imageLabel, LIMITS, type TransferResult } from '@samepoint/shared-protocol';
import type { Problem } from '../../shared/messages.js';
import type { HashedFrame } from './request.js';

/** A target without a result, and why. The other targets have theirs. */
export interface FailedTarget {
  nodeId: string;
  name: string;
  problem: Problem;
}

/** What to do about a frame, in place of the daemon's hints for image files. */
const HINTS: Partial<Record<ErrorCode, string>> = {
  IMAGE_UNREADABLE: 'Run again to export it anew. If that fails too, choose a frame inside it.',
  IMAGE_TOO_LARGE: 'Choose a smaller frame inside it.',
};

/** An error of the daemon with the names of frames in place of the labels of their images. */
export function withFrameNames(error: ErrorPayload, frames: readonly HashedFrame[]): ErrorPayload {
  const message = nameFrames(error.message, frames);
  return message === error.message ? error : { ...error, message, hint: HINTS[error.code] ?? error.hint };
}

/** The failed targets of a result. */
export function failedTargets(result: TransferResult, frames: readonly HashedFrame[]): FailedTarget[] {
  return result.targets.flatMap((target) => {
    const frame = frames.find(({ nodeId }) => nodeId === target.targetId);
    return target.state === 'failed' && frame !== undefined ? failedTarget(frame, target.error) : [];
  });
}

export function failedTarget(
  frame: HashedFrame,
  { code, message, hint }: Pick<ErrorPayload, 'code' | 'message' | 'hint'>,
) {
  const { nodeId, name } = frame;
  return { nodeId, name, problem: { message: nameFrames(message, [frame]), hint: HINTS[code] ?? hint } };
}

function nameFrames(text: string, frames: readonly HashedFrame[]): string {
  // a name must not be replaced itself, and fits the limit of messages
  const names = new Map(frames.map(({ imageId, name }) => [imageLabel(imageId), `“${name}”`]));
  const label = [...names.keys()].find((one) => text.includes(one));
  return label === undefined ? text : text.replace(label, () => names.get(label) ?? label).slice(0, LIMITS.textChars);
}
