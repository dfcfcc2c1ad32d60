import type { Placement } from '@samepoint/shared-protocol';
import type { AcceptedPlacement } from '../../shared/messages.js';
import { measurementsAround } from '../canvas/measurements.js';
import { type FrameLike, findSceneNode, isInside, pageOf } from '../canvas/nodes.js';
import type { Planned } from './operations.js';

/** The measurement of the source between the counterparts of its layers. */
export async function planMeasurement(
  source: FrameLike,
  target: FrameLike,
  { placement, end }: AcceptedPlacement,
  id: string,
): Promise<Planned> {
  const measurement = (await measurementsAround(source)).find((one) => one.id === id);
  if (measurement === undefined) return { ok: false, reason: 'The measurement was deleted from the source.' };
  const [from, to] = [await layerOf(target, placement), await layerOf(target, end)];
  const page = pageOf(target);
  if (from === null || to === null || page === null) return { ok: false, reason: 'No match in this frame.' };
  const operation = {
    kind: 'measure',
    itemId: placement.itemId,
    sourceId: source.id,
    target,
    previous: null,
    page,
    start: { node: from, side: measurement.start.side },
    end: { node: to, side: measurement.end.side },
    measurement: { offset: measurement.offset, freeText: measurement.freeText },
  } as const;
  return { ok: true, operation };
}

async function layerOf(target: FrameLike, placement: Placement | undefined): Promise<SceneNode | null> {
  if (placement?.kind !== 'layer' || placement.layerId === null) return null;
  const layer = await findSceneNode(placement.layerId);
  return layer !== null && (layer.id === target.id || isInside(layer, target)) ? layer : null;
}
