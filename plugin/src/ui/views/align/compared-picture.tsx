import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { useSize } from '../inspect/use-picture.js';
import { fit, pan, type Size, toPicture, type Viewport, ZOOM, zoomAt } from '../inspect/viewport.js';

/** An image on top of the others, stretched to the picture's size. */
export interface ShownImage {
  bitmap: ImageBitmap;
  /** 0 … 1 */
  opacity: number;
}

interface ComparedPictureProps {
  /** Accessible name: what is seen. */
  label: string;
  /** In pixels. */
  size: Size;
  /** The lowest first. */
  images: readonly ShownImage[];
  /** Null for the whole picture. Pictures side by side share it. */
  viewport: Viewport | null;
  onViewport: (viewport: Viewport | null) => void;
}

/** View pixels by which the arrow keys move. */
const STEP_PX = 40;

/** Factor by which the mouse wheel zooms, per pixel. */
const WHEEL = 1.0015;

/** A picture that can be zoomed and moved: with drag and wheel, or with the arrow keys, plus, minus and 0 for all of it. */
export function ComparedPicture({ label, size, images, viewport, onViewport }: ComparedPictureProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const view = useSize(box);
  const shown = view === null ? null : (viewport ?? fit(size, view));
  useLayoutEffect(() => {
    if (canvas.current !== null && view !== null && shown !== null) draw(canvas.current, view, shown, size, images);
  });

  function zoom(factor: number, at = shown?.centre): void {
    if (view === null || shown === null || at === undefined) return;
    const next = zoomAt(shown, factor, at, size, view);
    onViewport(next.scale <= fit(size, view).scale ? null : next);
  }

  function move(x: number, y: number): void {
    if (view !== null && shown !== null && viewport !== null) onViewport(pan(shown, { x, y }, size, view));
  }

  useWheel(box, (event) => {
    if (view === null || shown === null || box.current === null) return;
    const { left, top } = box.current.getBoundingClientRect();
    zoom(WHEEL ** -event.deltaY, toPicture(shown, { x: event.clientX - left, y: event.clientY - top }, view));
  });

  function onKeyDown(event: KeyboardEvent): void {
    const act = KEYS[event.key];
    if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act({ zoom, move, showAll: () => onViewport(null) });
  }

  return (
    <div
      ref={box}
      class="compared-picture"
      role="img"
      aria-label={label}
      aria-keyshortcuts="+ - 0 ArrowUp ArrowDown ArrowLeft ArrowRight"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys zoom and move the picture
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={({ currentTarget, pointerId }) => currentTarget.setPointerCapture(pointerId)}
      onPointerMove={(event) => {
        if (event.buttons === 1) move(-event.movementX, -event.movementY);
      }}
    >
      <canvas ref={canvas} />
    </div>
  );
}

interface Actions {
  zoom: (factor: number) => void;
  move: (x: number, y: number) => void;
  showAll: () => void;
}

const KEYS: { readonly [key: string]: (actions: Actions) => void } = {
  '+': ({ zoom }) => zoom(ZOOM.step),
  '=': ({ zoom }) => zoom(ZOOM.step),
  '-': ({ zoom }) => zoom(1 / ZOOM.step),
  '0': ({ showAll }) => showAll(),
  ArrowLeft: ({ move }) => move(-STEP_PX, 0),
  ArrowRight: ({ move }) => move(STEP_PX, 0),
  ArrowUp: ({ move }) => move(0, -STEP_PX),
  ArrowDown: ({ move }) => move(0, STEP_PX),
};

/** Handles the wheel in place of scrolling, which needs a listener that is not passive. */
function useWheel(box: { current: HTMLElement | null }, onWheel: (event: WheelEvent) => void): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = box.current;
    const listen = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(event);
    };
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, []);
}

function draw(
  canvas: HTMLCanvasElement,
  view: Size,
  { scale, centre }: Viewport,
  size: Size,
  images: readonly ShownImage[],
): void {
  const density = globalThis.devicePixelRatio || 1;
  [canvas.width, canvas.height] = [Math.round(view.width * density), Math.round(view.height * density)];
  const context = canvas.getContext('2d');
  if (context === null) return;
  const zoom = scale * density;
  const [x, y] = [canvas.width / 2 - centre.x * zoom, canvas.height / 2 - centre.y * zoom];
  context.setTransform(zoom, 0, 0, zoom, x, y);
  context.imageSmoothingEnabled = zoom < 2;
  context.imageSmoothingQuality = 'high';
  for (const { bitmap, opacity } of images) {
    context.globalAlpha = opacity;
    context.drawImage(bitmap, 0, 0, size.width, size.height);
  }
}
