import { lookToTrack, type TrackedFrames } from '../../transfer/tracking/track-labels.js';
import type { EvalTools } from './dataset.js';

/**
 * The first `count` frames of a video, of which the very first is annotated.
 * @param paths of all its frames
 */
export function videoFrames(paths: readonly string[], count: number, tools: EvalTools): TrackedFrames {
  return {
    count,
    annotated: 0,
    features: async (frame) => lookToTrack(await tools.features(paths[frame] ?? '')),
  };
}
