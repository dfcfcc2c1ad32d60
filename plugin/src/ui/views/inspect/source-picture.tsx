import type { Point } from '@samepoint/shared-protocol';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button } from '../components.js';
import { drawCross, drawPicture } from './draw-picture.js';
import { usePicture, useSize } from './use-picture.js';
import { fit, pan, type Size, show, toPicture, toView, type Viewport, ZOOM, zoomAt } from './viewport.js';

interface SourcePictureProps {
  source: HashedFrame;
  /** In pixels of the export. */
  point: Point;
  /** Pixels of the export per pixel of the frame. */
  scale: number;
  /** Id of the element that says where the point is. */
  describedBy: string;
  /** That element, which stands below the picture. */
  place: ComponentChildren;
  dispatch: (event: FlowEvent) => void;
  /** Called with the zoom relative to the whole picture. */
  onZoom: (zoom: number) => void;
  /** Moves the focus to the matches. */
  onEnter: () => void;
}

/** Pixels of the frame that an arrow key moves the point by. */
const STEP = { plain: 1, shift: 10 } as const;

const ARROWS: Partial<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * The source with the point. A click or drag places the point, the arrow keys move it. The wheel pans; with Ctrl or ⌘ it
 * zooms, as in Figma.
 */
export function SourcePicture(props: SourcePictureProps) {
  const { source, point, scale, describedBy, place, dispatch, onZoom } = props;
  const frame = useRef<HTMLDivElement>(null);
  const size = useSize(frame);
  const view = useViewport(source, size, onZoom);
  const { viewport, setViewport, zoomBy, fitAll } = view;
  const canvas = useDrawing(source, point, size, viewport);
  const pointer = usePointer({ frame, source, size, viewport, setViewport, dispatch });

  useEffect(() => frame.current?.focus({ preventScroll: true }), []);
  useEffect(() => {
    if (size !== null && viewport !== null && !pointer.isDown()) setViewport(show(viewport, point, source, size));
  }, [point.x, point.y]);

  function onWheel(event: WheelEvent): void {
    event.preventDefault();
    if (size === null || viewport === null) return;
    if (event.ctrlKey || event.metaKey) zoomBy(Math.exp(-event.deltaY / 100), pointer.pointAt(event) ?? point);
    else setViewport(pan(viewport, { x: event.deltaX, y: event.deltaY }, source, size));
  }

  return (
    <>
      <div
        ref={frame}
        class="inspect-view inspect-picture"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the point
        tabIndex={0}
        role="application"
        aria-roledescription="picture with a point"
        aria-label={`“${source.name}”. ${KEYS}`}
        aria-describedby={describedBy}
        {...pointKeys(props, view)}
        onPointerDown={pointer.onDown}
        onPointerMove={pointer.onMove}
        onPointerUp={pointer.onUp}
        onPointerCancel={pointer.onUp}
        onWheel={onWheel}
      >
        <canvas ref={canvas} />
      </div>
      <div class="inspect-place">
        {place}
        <ZoomButtons scale={(viewport?.scale ?? 0) * scale} zoomBy={(factor) => zoomBy(factor, point)} onFit={fitAll} />
      </div>
    </>
  );
}

const KEYS = 'Arrow keys move the point, Shift for 10 pixels, plus and minus zoom, 0 fits, Enter goes to the matches.';

/** What the keys do. The point moves until the arrow key is released. */
function pointKeys(
  { point, scale, dispatch, onEnter }: SourcePictureProps,
  { zoomBy, fitAll }: Pick<ReturnType<typeof useViewport>, 'zoomBy' | 'fitAll'>,
) {
  const place = (to: Point, isMoving: boolean) => dispatch({ type: 'inspect.point', point: to, isMoving });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const by = scale * (event.shiftKey ? STEP.shift : STEP.plain);
      place({ x: point.x + by * arrow.x, y: point.y + by * arrow.y }, true);
    } else if (event.key === '+' || event.key === '=') zoomBy(ZOOM.step, point);
    else if (event.key === '-') zoomBy(1 / ZOOM.step, point);
    else if (event.key === '0') fitAll();
    else if (event.key === 'Enter') onEnter();
    else return;
    event.preventDefault();
  };
  const onKeyUp = ({ key }: KeyboardEvent) => {
    if (ARROWS[key] !== undefined) place(point, false);
  };
  return { onKeyDown, onKeyUp, onBlur: () => place(point, false) };
}

interface ZoomButtonsProps {
  /** Pixels on the screen per pixel of the frame. */
  scale: number;
  zoomBy: (factor: number) => void;
  onFit: () => void;
}

function ZoomButtons({ scale, zoomBy, onFit }: ZoomButtonsProps) {
  return (
    <>
      <Button look="quiet" label="Zoom out" onClick={() => zoomBy(1 / ZOOM.step)}>
        −
      </Button>
      <span class="amount">{Math.round(100 * scale)}%</span>
      <Button look="quiet" label="Zoom in" onClick={() => zoomBy(ZOOM.step)}>
        +
      </Button>
      <Button look="quiet" label="Fit the picture" onClick={onFit}>
        Fit
      </Button>
    </>
  );
}

/** What the view shows: first the whole picture. */
function useViewport(source: HashedFrame, size: Size | null, onZoom: (zoom: number) => void) {
  const [viewport, setState] = useState<Viewport | null>(null);
  const setViewport = (next: Viewport) => {
    setState(next);
    if (size !== null) onZoom(next.scale / fit(source, size).scale);
  };
  const fitAll = () => {
    if (size !== null) setViewport(fit(source, size));
  };
  useLayoutEffect(fitAll, [size?.width, size?.height, source.width, source.height]);
  const zoomBy = (factor: number, fixed: Point) => {
    if (viewport !== null && size !== null) setViewport(zoomAt(viewport, factor, fixed, source, size));
  };
  return { viewport, setViewport, zoomBy, fitAll };
}

function useDrawing(source: HashedFrame, point: Point, size: Size | null, viewport: Viewport | null) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = usePicture(source);
  useLayoutEffect(() => {
    if (canvas.current === null || picture === null || size === null || viewport === null) return;
    const context = drawPicture(canvas.current, picture, { view: size, viewport, heat: null });
    if (context !== null) drawCross(context, toView(viewport, point, size));
  }, [picture, size, viewport, point.x, point.y]);
  return canvas;
}

interface PointerOptions {
  frame: { readonly current: HTMLElement | null };
  source: HashedFrame;
  size: Size | null;
  viewport: Viewport | null;
  setViewport: (viewport: Viewport) => void;
  dispatch: (event: FlowEvent) => void;
}

const MIDDLE_BUTTON = 1;

/** The main button places the point, the middle one pans. */
function usePointer({ frame, source, size, viewport, setViewport, dispatch }: PointerOptions) {
  const drag = useRef<'point' | 'pan' | null>(null);

  function pointAt({ clientX, clientY }: MouseEvent): Point | null {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined || size === null || viewport === null) return null;
    return toPicture(viewport, { x: clientX - box.left, y: clientY - box.top }, size);
  }

  function place(event: MouseEvent, isMoving: boolean): void {
    const point = pointAt(event);
    if (point !== null) dispatch({ type: 'inspect.point', point, isMoving });
  }

  return {
    pointAt,
    isDown: () => drag.current !== null,
    onDown: (event: PointerEvent) => {
      if (event.button !== 0 && event.button !== MIDDLE_BUTTON) return;
      drag.current = event.button === 0 ? 'point' : 'pan';
      frame.current?.setPointerCapture(event.pointerId);
      if (drag.current === 'point') place(event, true);
      else event.preventDefault();
    },
    onMove: (event: PointerEvent) => {
      if (drag.current === 'point') place(event, true);
      else if (drag.current === 'pan' && viewport !== null && size !== null) {
        setViewport(pan(viewport, { x: -event.movementX, y: -event.movementY }, source, size));
      }
    },
    onUp: (event: PointerEvent) => {
      if (drag.current === 'point') place(event, false);
      drag.current = null;
    },
  };
}
