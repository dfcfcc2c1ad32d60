import { dirname, join, resolve } from 'node:path';
import { SamepointError } from '@samepoint/shared-protocol';
import { makeOutputFolder } from '../files/draw-matches.js';
import type { FrameFile } from '../files/list-frames.js';
import { writeWhole } from '../files/write-whole.js';
import type { FrameReport, TrackReport } from '../format/track-report.js';
import type { TrackFrames } from './track-frames.js';

export interface ResultOptions {
  folder: string;
  /** Also draw each frame's labels over it. */
  overlay: boolean;
  onFrame(): void;
}

/** The folder that results are written to, frame by frame; `track.json` always says what is there. */
export class TrackResults {
  readonly #options: ResultOptions;
  readonly #files: readonly FrameFile[];
  readonly #done = new Map<number, FrameReport>();
  readonly #head: Omit<TrackReport, 'frames'>;

  private constructor({ files, backend, settings, annotated }: TrackFrames, options: ResultOptions) {
    this.#options = options;
    this.#files = files;
    this.#head = { backend, settings, annotated: files[annotated]?.name ?? '' };
  }

  /** @throws SamepointError `BAD_REQUEST` when the folder is that of the frames, which would be written over */
  static async open(frames: TrackFrames, options: ResultOptions): Promise<TrackResults> {
    const results = new TrackResults(frames, options);
    if (frames.files.some(({ path }) => dirname(resolve(path)) === resolve(options.folder))) {
      const message = 'The results would be written over the frames.';
      throw new SamepointError('BAD_REQUEST', message, 'Give another folder to --out.');
    }
    makeOutputFolder(options.overlay ? results.path('overlay') : options.folder);
    return results;
  }

  get report(): TrackReport {
    const frames = [...this.#done].sort(([a], [b]) => a - b).map(([, frame]) => frame);
    return { ...this.#head, frames };
  }

  /** Where a result goes. */
  path(name: string): string {
    return join(this.#options.folder, name);
  }

  file(frame: number): FrameFile {
    const file = this.#files[frame];
    if (file === undefined) throw new RangeError(`there is no frame ${frame}`);
    return file;
  }

  /**
   * Takes a frame in whose other files are written.
   * @param draw makes the picture of the frame with its labels as PNG; called only if one is wanted
   */
  async add(
    frame: number,
    found: Omit<FrameReport, 'frame'>,
    draw: (path: string) => Promise<Uint8Array>,
  ): Promise<void> {
    const { name, stem, path } = this.file(frame);
    if (this.#options.overlay) await writeWhole(this.path(join('overlay', `${stem}.png`)), await draw(path));
    this.#done.set(frame, { frame: name, ...found });
    await writeWhole(this.path('track.json'), Buffer.from(`${JSON.stringify(this.report, null, 2)}\n`));
    this.#options.onFrame();
  }
}
