import type { Box } from '@samepoint/shared-protocol';

/** Selects a layer, on its page. `box` is in pixels of the frame's export. Answered like `select`. */
export type InspectToMain = { type: 'layer.show'; frameId: string; layerId: string; box: Box };

export type InspectToUi =
  /**
   * Exported frames whose look or layers have changed since, and deleted nodes, which may have been layers of frames.
   * Only changes on the current page are known.
   */
  { type: 'export.outdated'; frameIds: string[]; deletedIds: string[] };
