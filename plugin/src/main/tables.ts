/** The picture of a frame that the daemon sees. */
export const EXPORT = {
  /** The longer side is at most this long. */
  longSidePx: 1536,
  /** Small frames are not blown up further than this. */
  maxScale: 2,
} as const;

/** How selected nodes are told apart. */
export const SELECTION = {
  /** A frame over another frame is an overlay when it covers less than this share of it. */
  overlayAreaShare: 0.5,
  /** A selected frame at least this long on both sides may be a screen, also inside another frame. */
  screenSide: 240,
  /** Changes on the canvas closer together than this are told to the UI once. */
  quietMs: 60,
  /** Changes this soon after Apply are its own. */
  settleMs: 300,
} as const;

/** The look of a note on the canvas, in canvas units. */
export const NOTE = {
  font: { family: 'Inter', style: 'Regular' },
  fontSize: 12,
  /** Longer words are broken into lines. */
  maxTextWidth: 240,
  padding: 8,
  cornerRadius: 4,
  /** Distance from the target's edge and between notes. */
  gap: 16,
  fill: { r: 1, g: 0.95, b: 0.72 },
  ink: { r: 0.2, g: 0.16, b: 0 },
} as const;

/** The window of the UI, in px. */
export const WINDOW = { width: 340, height: 560 } as const;

/** Figma does not scale a node to less than this. */
export const MIN_RESCALE = 0.01;

/** Scales this near to 1 are left alone, so that sizes stay whole numbers. */
export const SCALE_TOLERANCE = 0.005;

/** How much a picture may differ from its frame's proportions, from rounding. */
export const ASPECT_TOLERANCE_PX = 2;
