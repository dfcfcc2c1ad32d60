import { SamepointError } from '@samepoint/shared-protocol';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { openRuntime } from '../../engine/open-runtime.js';
import { sizeOfFile } from '../../images/decode.js';
import { lookToTrack, type TrackedFrames } from '../../transfer/tracking/track-labels.js';
import { type TrackSettings, trackSettings } from '../../transfer/tracking/track-settings.js';
import { type FrameFile, findFrame } from '../files/list-frames.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { checkedPlan, describeFeatures, type FeatureOptions } from '../options/feature-options.js';
import type { ProviderOptions } from '../options/provider-options.js';
import { sayDevice } from '../say-device.js';

/** A sequence on disk whose frames are read when their turn comes. */
export interface TrackFrames extends TrackedFrames {
  files: readonly FrameFile[];
  annotatedImage: ImageFile;
  backend: string;
  settings: TrackSettings;
}

/**
 * @param annotated names the annotated frame, see `findFrame`; the first by default
 * @throws SamepointError `BAD_REQUEST` also for frames of several sizes, `BACKEND_UNKNOWN`, or what `readImage` throws for a frame
 */
export async function openTrackFrames(
  files: readonly FrameFile[],
  annotated: string | undefined,
  features: FeatureOptions & Pick<ProviderOptions, 'provider' | 'device'>,
): Promise<TrackFrames> {
  const plan = checkedPlan(features, 'video');
  const index = annotated === undefined ? 0 : findFrame(files, annotated);
  await checkFrames(files, index);
  let source: Promise<FeatureSource> | undefined;
  const pathOf = (frame: number) => files[frame]?.path ?? '';
  return {
    files,
    count: files.length,
    annotated: index,
    annotatedImage: await readImage(pathOf(index)),
    backend: describeFeatures(features),
    settings: trackSettings(plan),
    features: async (frame) => {
      const { imageId, image } = await readImage(pathOf(frame));
      // not before the labels are known to fit
      source ??= openSource(features);
      return lookToTrack(await (await source).pyramid(imageId, async () => image, plan));
    },
  };
}

async function openSource(wanted: Pick<ProviderOptions, 'provider' | 'device'>): Promise<FeatureSource> {
  return new FeatureSource(await openRuntime(wanted, sayDevice), featureStore());
}

/** Before the first is looked at: a wrong frame at the end should not cost what all the others take. */
async function checkFrames(files: readonly FrameFile[], annotated: number): Promise<void> {
  const paths = files.map(({ path }) => path);
  const first = paths[annotated] ?? '';
  const wanted = await sizeOfFile(first);
  for (const path of paths) {
    const { width, height } = await sizeOfFile(path);
    if (width === wanted.width && height === wanted.height) continue;
    throw new SamepointError(
      'BAD_REQUEST',
      `${path} has ${width}×${height} pixels and the annotated frame ${first} has ${wanted.width}×${wanted.height}.`,
      'Give frames of one size: a place is looked for near where it was.',
    );
  }
}
