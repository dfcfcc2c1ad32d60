import { planTask } from '../diffusion/feature-plan.js';
import { FeatureSource } from '../diffusion/feature-source.js';
import { featureStore } from '../diffusion/feature-store.js';
import { openRuntime } from '../engine/open-runtime.js';
import { lookToTrack, type TrackedFrames } from '../transfer/track-labels.js';
import { type TrackSettings, trackSettings } from '../transfer/track-settings.js';
import type { FeatureOptions } from './feature-options.js';
import { type FrameFile, findFrame } from './list-frames.js';
import type { ProviderOptions } from './provider-options.js';
import { type ImageFile, readImage } from './read-image.js';
import { sayDevice } from './say-device.js';

/** A sequence on disk whose frames are read when their turn comes. */
export interface TrackFrames extends TrackedFrames {
  files: readonly FrameFile[];
  annotatedImage: ImageFile;
  backend: string;
  settings: TrackSettings;
}

/**
 * @param annotated names the annotated frame, see `findFrame`; the first by default
 * @throws SamepointError `BAD_REQUEST`, `BACKEND_UNKNOWN`, `MODEL_MISSING`, or what `readImage` throws for the annotated frame
 */
export async function openTrackFrames(
  files: readonly FrameFile[],
  annotated: string | undefined,
  features: FeatureOptions & Pick<ProviderOptions, 'provider'>,
): Promise<TrackFrames> {
  const { backend, preset, prompt } = features;
  const plan = planTask('video', { backend, preset, prompt });
  const index = annotated === undefined ? 0 : findFrame(files, annotated);
  const source = new FeatureSource(await openRuntime(features.provider, sayDevice), featureStore());
  const pathOf = (frame: number) => files[frame]?.path ?? '';
  return {
    files,
    count: files.length,
    annotated: index,
    annotatedImage: await readImage(pathOf(index)),
    backend,
    settings: trackSettings(plan),
    features: async (frame) => {
      const { imageId, image } = await readImage(pathOf(frame));
      return lookToTrack(await source.pyramid(imageId, async () => image, plan));
    },
  };
}
