import type { Point } from '@samepoint/shared-protocol';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Preferences } from '../../../shared/messages.js';
import { similarity } from '../../../shared/text.js';
import type { TargetMatches } from '../../flow/inspect/inspect-state.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { gradientOf } from './colour-maps.js';
import { drawPicture } from './draw-picture.js';
import { usePicture, useSize } from './use-picture.js';
import { fit, pan, type Size, toView, type Viewport } from './viewport.js';

interface TargetPictureProps {
  target: HashedFrame;
  found: TargetMatches | null;
  /** Rank of the chosen match. */
  chosen: number;
  /** The zoom of the source. */
  zoom: number;
  preferences: Preferences;
  dispatch: (event: FlowEvent) => void;
}

/** Height of a target's picture, in CSS pixels. */
export const PICTURE_HEIGHT_PX = 280;

/** A target with the heat map and the numbered matches over it. */
export function TargetPicture({ target, found, chosen, zoom, preferences, dispatch }: TargetPictureProps) {
  const view = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(view);
  const picture = usePicture(target);
  const { nodeId } = target;
  const { colourMap, heatmapOpacity: opacity } = preferences;

  useEffect(() => {
    dispatch({ type: 'inspect.in-view', targetId: nodeId, on: true });
    return () => dispatch({ type: 'inspect.in-view', targetId: nodeId, on: false });
  }, [nodeId]);

  const points = found?.matches.map(({ point }) => point) ?? [];
  const viewport = size === null ? null : viewportOf(target, size, zoom, points[chosen]);
  const marks = size === null || viewport === null ? [] : points.map((point) => toView(viewport, point, size));
  useLayoutEffect(() => {
    if (canvas.current === null || picture === null || size === null || viewport === null) return;
    const heat = found === null ? null : { found, colourMap, opacity };
    drawPicture(canvas.current, picture, { view: size, viewport, heat });
  }, [picture, size, found, chosen, zoom, colourMap, opacity]);

  return (
    <figure class="target-picture">
      <div ref={view} class="inspect-view" style={{ height: `${PICTURE_HEIGHT_PX}px` }}>
        <canvas ref={canvas} role="img" aria-label={`“${target.name}” with the heat map of similarity`} />
        {marks.map(({ x, y }, rank) => (
          <button
            type="button"
            key={rank}
            class={rank === chosen ? 'mark chosen' : 'mark'}
            style={{ left: `${x}px`, top: `${y}px` }}
            aria-label={`Match ${rank + 1} in “${target.name}”`}
            onClick={() => dispatch({ type: 'inspect.choose', match: { targetId: nodeId, rank } })}
          >
            {rank + 1}
          </button>
        ))}
      </div>
      {found === null ? null : <Legend heatmap={found.heatmap} colourMap={colourMap} />}
    </figure>
  );
}

/** The whole picture; zoomed in, around the chosen match. */
function viewportOf(target: HashedFrame, size: Size, zoom: number, match: Point | undefined): Viewport {
  const whole = fit(target, size);
  if (match === undefined) return whole;
  return pan({ scale: whole.scale * Math.max(1, zoom), centre: match }, { x: 0, y: 0 }, target, size);
}

interface LegendProps {
  heatmap: TargetMatches['heatmap'];
  colourMap: Preferences['colourMap'];
}

/** The similarities of the lowest and the highest colour. */
function Legend({ heatmap: { lowest, highest }, colourMap }: LegendProps) {
  return (
    <figcaption class="legend">
      <span>Similarity {similarity(lowest)}</span>
      <span class="legend-bar" style={{ backgroundImage: gradientOf(colourMap) }} aria-hidden="true" />
      <span>{similarity(highest)}</span>
    </figcaption>
  );
}
