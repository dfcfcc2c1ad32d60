import { SamepointError } from '@samepoint/shared-protocol';
import { FeatureSource } from '../diffusion/feature-pyramid.js';
import { isBackendId, PRESETS } from '../diffusion/presets.js';
import { lookToTrack, type TrackedFrames } from '../transfer/track-labels.js';
import { TRACK_SETTINGS, type TrackSettings } from '../transfer/track-settings.js';
import { type FrameFile, findFrame } from './list-frames.js';
import { type ImageFile, readImage } from './read-image.js';

/** A sequence on disk whose frames are read when their turn comes. */
export interface TrackFrames extends TrackedFrames {
  files: readonly FrameFile[];
  annotatedImage: ImageFile;
  backend: string;
  settings: TrackSettings;
}

/**
 * @param annotated names the annotated frame, see `findFrame`; the first by default
 * @throws SamepointError `BAD_REQUEST`, `BACKEND_UNKNOWN`, or what `readImage` throws for the annotated frame
 */
export async function openTrackFrames(
  files: readonly FrameFile[],
  annotated: string | undefined,
  backend: string,
): Promise<TrackFrames> {
  if (!isBackendId(backend)) throw unknownBackend(backend);
  const index = annotated === undefined ? 0 : findFrame(files, annotated);
  const source = new FeatureSource();
  const pathOf = (frame: number) => files[frame]?.path ?? '';
  return {
    files,
    count: files.length,
    annotated: index,
    annotatedImage: await readImage(pathOf(index)),
    backend,
    settings: TRACK_SETTINGS[backend],
    features: async (frame) => {
      const { imageId, image } = await readImage(pathOf(frame));
      return lookToTrack(await source.pyramid(imageId, async () => image, backend));
    },
  };
}

function unknownBackend(backend: string): SamepointError {
  return new SamepointError(
    'BACKEND_UNKNOWN',
    `There is no backend "${backend}".`,
    `Choose one of: ${Object.keys(PRESETS).join(', ')}.`,
  );
}
