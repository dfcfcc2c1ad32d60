import { join } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { featureStore } from '../../diffusion/cache/feature-store.js';
import { FeatureSource } from '../../diffusion/feature-source.js';
import { openRuntime } from '../../engine/open-runtime.js';
import { pixelsId, sizeOfFile } from '../../images/decode.js';
import {
  type TrackedFrames,
  type TrackSettings,
  trackingLevel,
  trackSettings,
} from '../../transfer/tracking/track-labels.js';
import { type FrameFile, findFrame } from '../files/list-frames.js';
import { claimOutputs, makeOutputFolder, writeOutputFile } from '../files/output-files.js';
import { type ImageFile, readImage } from '../files/read-image.js';
import { isSameFile } from '../files/same-file.js';
import { type FailedFile, failedFile } from '../format/failed-files.js';
import type { FrameReport, TrackReport } from '../format/track-report.js';
import { logDevice } from '../host-info.js';
import { checkedPlan, describeFeatures, type FeatureOptions, filesOfPlan } from '../options/feature-options.js';
import type { ProviderOptions } from '../options/provider-options.js';

export interface ResultOptions {
  folder: string;
  /** Also draw the labels over each frame. */
  overlay: boolean;
  onFrame(): void;
}

const OVERLAYS = 'overlay';

export interface TrackOutputs {
  mask?: string;
  points?: string;
  out: string;
  overlay?: true;
  force?: true;
}

/**
 * Claims every file that is written for a sequence, before any work is done.
 * @throws SamepointError `BAD_REQUEST`, also when results would be written between the frames
 */
export async function claimTrackOutputs(
  framesFolder: string,
  files: readonly FrameFile[],
  { mask, points, out, overlay, force, ...features }: TrackOutputs & FeatureOptions,
): Promise<void> {
  const images = files.map(({ stem }) => `${stem}.png`);
  const results = points === undefined ? images : ['points.csv'];
  const outputs = [
    { folder: out, names: [...results, 'track.json'], option: '--out' },
    ...(overlay ? [{ folder: join(out, OVERLAYS), names: images, option: '--out' }] : []),
  ];
  for (const { folder } of outputs) {
    if (!(await isSameFile(folder, framesFolder))) continue;
    const message = 'The results would overwrite the frames.';
    throw new SamepointError('BAD_REQUEST', message, 'Choose another folder for --out.');
  }
  const labels = [mask, points].filter((path) => path !== undefined);
  const weights = filesOfPlan(checkedPlan(features, 'video'));
  await claimOutputs(outputs, { inputs: [...files.map(({ path }) => path), ...labels, ...weights], force });
}

/** Output folder of a sequence, written frame by frame; `track.json` lists the finished frames. */
export class TrackResults {
  readonly #options: ResultOptions;
  readonly #files: readonly FrameFile[];
  readonly #done = new Map<number, FrameReport>();
  readonly #failed: readonly FailedFile[];
  readonly #head: Omit<TrackReport, 'frames' | 'failed'>;

  private constructor({ files, failed, backend, settings, annotated }: TrackFrames, options: ResultOptions) {
    this.#options = options;
    this.#files = files;
    this.#failed = failed;
    this.#head = { backend, settings, annotated: files[annotated]?.name ?? '' };
  }

  /** @throws SamepointError `BAD_REQUEST` */
  static open(frames: TrackFrames, options: ResultOptions): TrackResults {
    const results = new TrackResults(frames, options);
    makeOutputFolder(options.overlay ? results.path(OVERLAYS) : options.folder);
    return results;
  }

  get report(): TrackReport {
    const frames = [...this.#done].sort(([a], [b]) => a - b).map(([, frame]) => frame);
    return { ...this.#head, frames, failed: [...this.#failed] };
  }

  /** Adds frames that failed after the last finished one. */
  async finish(): Promise<TrackReport> {
    await this.#writeReport();
    return this.report;
  }

  /** Path of a result. */
  path(name: string): string {
    return join(this.#options.folder, name);
  }

  file(frame: number): FrameFile {
    const file = this.#files[frame];
    if (file === undefined) throw new RangeError(`there is no frame ${frame}`);
    return file;
  }

  /**
   * Adds a frame after its other files are written.
   * @param draw renders the frame with its labels as PNG; called only with `overlay`
   */
  async add(
    frame: number,
    found: Omit<FrameReport, 'frame'>,
    draw: (path: string) => Promise<Uint8Array>,
  ): Promise<void> {
    const { name, stem, path } = this.file(frame);
    if (this.#options.overlay) await writeOutputFile(this.path(join(OVERLAYS, `${stem}.png`)), await draw(path));
    this.#done.set(frame, { frame: name, ...found });
    await this.#writeReport();
    this.#options.onFrame();
  }

  #writeReport(): Promise<void> {
    return writeOutputFile(this.path('track.json'), Buffer.from(`${JSON.stringify(this.report, null, 2)}\n`));
  }
}

/** A sequence on disk whose frames are read on demand. */
export interface TrackFrames extends TrackedFrames {
  files: readonly FrameFile[];
  /** Frames that turned out to be unreadable when their turn came. They are left out. */
  failed: readonly FailedFile[];
  annotatedImage: ImageFile;
  backend: string;
  settings: TrackSettings;
}

/**
 * @param annotated name of the annotated frame, see `findFrame`; the first by default
 * @throws SamepointError `BAD_REQUEST` also for frames of several sizes, `BACKEND_UNKNOWN`, or what `readImage` throws for the annotated frame
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
  const failed: FailedFile[] = [];
  return {
    files,
    failed,
    count: files.length,
    annotated: index,
    annotatedImage: await readImage(pathOf(index)),
    backend: describeFeatures(features),
    settings: trackSettings(plan),
    features: async (frame) => {
      const read = await readImage(pathOf(frame)).catch((thrown: unknown) => failedFile(pathOf(frame), thrown));
      if ('error' in read) {
        failed.push(read);
        return undefined;
      }
      const { imageId, bytes, image } = read;
      const key = await pixelsId(imageId, bytes);
      // opened with the first frame, after the labels are checked
      source ??= openSource(features);
      return trackingLevel(await (await source).pyramid(key, async () => image, plan));
    },
  };
}

async function openSource(provider: Pick<ProviderOptions, 'provider' | 'device'>): Promise<FeatureSource> {
  return new FeatureSource(await openRuntime(provider, logDevice), featureStore());
}

/** Checks the sizes of all frames first, so that an invalid last frame fails early. Unreadable ones are left out later. */
async function checkFrames(files: readonly FrameFile[], annotated: number): Promise<void> {
  const paths = files.map(({ path }) => path);
  const first = paths[annotated] ?? '';
  const expected = await sizeOfFile(first);
  for (const path of paths) {
    const size = await sizeOfFile(path).catch(() => undefined);
    if (size === undefined) continue;
    const { width, height } = size;
    if (width === expected.width && height === expected.height) continue;
    throw new SamepointError(
      'BAD_REQUEST',
      `${path} has ${width}×${height} pixels, but the annotated frame ${first} has ${expected.width}×${expected.height}.`,
      'All frames must have the same size.',
    );
  }
}
