import type { Affine, Point } from '@samepoint/shared-protocol';
import type { FrameSummary } from './messages.js';
import type { Outline } from './outline.js';

export const TRACK_ORDERS = ['position', 'name', 'hand'] as const;
/** How the frames of a sequence are ordered. `position` reads rows from left to right, from top to bottom. */
export type TrackOrder = (typeof TRACK_ORDERS)[number];

export const TRACK_OUTPUTS = ['outlines', 'masks', 'points'] as const;
/** What Apply writes for a tracked region. */
export type TrackOutput = (typeof TRACK_OUTPUTS)[number];

/** The choices of “Track through frames…” besides the picks. */
export interface TrackChoices {
  order: TrackOrder;
  /** Ids of the frames in the order by hand; frames that are not listed follow. */
  hand: readonly string[];
  output: TrackOutput;
}

export const DEFAULT_TRACKING: TrackChoices = { order: 'position', hand: [], output: 'outlines' };

/** Regions of a run: as many as have clearly different colours. */
export const MAX_REGIONS = 32;

/** The item of a region in the records of what was placed: a layer that is transferred has its own. */
export function trackItemId(regionId: string): string {
  return `track:${regionId}`;
}

/** The region of an item; null for an item of another command. */
export function regionOfItem(itemId: string): string | null {
  return itemId.startsWith('track:') ? itemId.slice('track:'.length) : null;
}

/** The smallest frame under a point of the canvas; undefined for none. */
export function frameUnder<F extends Pick<FrameSummary, 'x' | 'y' | 'width' | 'height'>>(
  frames: readonly F[],
  point: Point,
): F | undefined {
  return frames
    .filter(({ x, y, width, height }) => {
      if (x === undefined || y === undefined) return false;
      return point.x >= x && point.x <= x + width && point.y >= y && point.y <= y + height;
    })
    .sort((a, b) => a.width * a.height - b.width * b.height)[0];
}

/** A region of the annotated frame. `transform` maps coordinates of the paths or the image to pixels of the frame's export. */
export interface ExportedRegion {
  nodeId: string;
  name: string;
  shape:
    | { kind: 'paths'; paths: readonly { data: string; evenOdd: boolean }[]; transform: Affine }
    /** The region is where the image is opaque. */
    | { kind: 'image'; png: Uint8Array; transform: Affine };
}

/** A region in one frame, in fractions of the frame's width and height. */
export interface TrackedMark {
  regionId: string;
  name: string;
  /** `#rrggbb`, by which the preview tells the regions apart. */
  colour: string;
  shape: { kind: 'outline'; outline: Outline } | { kind: 'point'; point: Point };
}

export interface TrackedTarget {
  targetId: string;
  marks: readonly TrackedMark[];
}

export type TrackToMain = {
  type: 'track.apply';
  /** The annotated frame. */
  sourceId: string;
  tracking: TrackChoices;
  targets: readonly TrackedTarget[];
};
