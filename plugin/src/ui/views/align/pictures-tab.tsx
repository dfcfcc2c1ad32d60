import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { percent } from '../../../shared/text.js';
import type { AlignedVersions, AlignRun } from '../../flow/align/align-state.js';
import { Button } from '../components.js';
import { usePicture } from '../inspect/use-picture.js';
import type { Viewport } from '../inspect/viewport.js';
import { ComparedPicture, type ShownImage } from './compared-picture.js';
import { useFlicker, useReducedMotion, useSpace } from './flicker.js';
import { useBitmap } from './use-bitmap.js';

export type Aligned = Extract<AlignedVersions, { state: 'aligned' }>;

interface TabProps {
  versions: AlignRun;
  alignment: Aligned;
}

interface OverlayProps extends TabProps {
  /** Of the first version, 0 … 1. */
  opacity: number;
  onOpacity: (opacity: number) => void;
}

/** The first version on the second, with a slider between them. */
export function OverlayTab({ versions: { before, after }, alignment, opacity, onOpacity }: OverlayProps) {
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const images = shownImages(usePicture(after, before), [useBitmap(alignment.aligned), opacity]);
  return (
    <>
      <label class="compare-slider">
        <span>{after.name}</span>
        <input
          type="range"
          min="0"
          max="100"
          step="5"
          value={Math.round(opacity * 100)}
          aria-label={`Opacity of “${before.name}” on “${after.name}”`}
          aria-valuetext={percent(opacity)}
          onInput={({ currentTarget }) => onOpacity(currentTarget.valueAsNumber / 100)}
        />
        <span>{before.name}</span>
      </label>
      <ComparedPicture
        {...{ label: `“${before.name}” on “${after.name}”`, size: after, images, viewport }}
        onViewport={setViewport}
      />
      <ZoomHelp viewport={viewport} onShowAll={() => setViewport(null)} />
    </>
  );
}

/** Both versions in turn, by hand or by time. */
export function FlickerTab({ versions: { before, after }, alignment }: TabProps) {
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const [isBefore, setBefore] = useState(false);
  const [isAutomatic, setAutomatic] = useState(false);
  const isReduced = useReducedMotion();
  const toggle = () => setBefore((on) => !on);
  useSpace(toggle);
  useFlicker(isAutomatic && !isReduced, toggle);
  const images = shownImages(usePicture(after, before), [useBitmap(alignment.aligned), isBefore ? 1 : 0]);
  const shown = isBefore ? before : after;
  return (
    <>
      <div class="compare-controls">
        <Button onClick={toggle}>Switch</Button>
        {/* announced by hand only, not twice a second */}
        <p {...(isAutomatic ? {} : { role: 'status' })}>
          Shown: <strong>{shown.name}</strong>
        </p>
        <span class="secondary-text">Space switches, too.</span>
        <label class="compare-check">
          <input
            type="checkbox"
            checked={isAutomatic && !isReduced}
            disabled={isReduced}
            onChange={({ currentTarget }) => setAutomatic(currentTarget.checked)}
          />
          Flicker automatically
        </label>
        {isReduced ? <span class="secondary-text">Off: the system asks for reduced motion.</span> : null}
      </div>
      <ComparedPicture {...{ label: `“${shown.name}”`, size: after, images, viewport }} onViewport={setViewport} />
      <ZoomHelp viewport={viewport} onShowAll={() => setViewport(null)} />
    </>
  );
}

/** Both versions side by side, and the map of their differences. */
export function DifferencesTab({ versions: { before, after }, alignment }: TabProps) {
  const [viewport, setViewport] = useState<Viewport | null>(null);
  const pictures = [
    { title: before.name, label: `“${before.name}”, aligned`, bitmap: useBitmap(alignment.aligned) },
    { title: after.name, label: `“${after.name}”`, bitmap: usePicture(after, before) },
    { title: 'Differences', label: 'Map of the differences', bitmap: useBitmap(alignment.residual) },
  ];
  return (
    <>
      <div class="compare-row">
        {pictures.map(({ title, label, bitmap }) => (
          <Figure key={label} title={title}>
            <ComparedPicture
              {...{ label, size: after, images: shownImages(bitmap), viewport }}
              onViewport={setViewport}
            />
          </Figure>
        ))}
      </div>
      <Legend name={before.name} />
      <ZoomHelp viewport={viewport} onShowAll={() => setViewport(null)} />
    </>
  );
}

/** The pictures as they are, where they cannot be aligned. */
export function UnalignedPictures({ versions: { before, after } }: Pick<TabProps, 'versions'>) {
  const [viewports, setViewports] = useState<readonly (Viewport | null)[]>([null, null]);
  const bitmaps = [usePicture(before), usePicture(after, before)];
  return (
    <div class="compare-row">
      {[before, after].map((frame, index) => (
        <Figure key={frame.nodeId} title={frame.name}>
          <ComparedPicture
            {...{ label: `“${frame.name}”`, size: frame, images: shownImages(bitmaps[index] ?? null) }}
            viewport={viewports[index] ?? null}
            onViewport={(next) => setViewports(viewports.map((each, n) => (n === index ? next : each)))}
          />
        </Figure>
      ))}
    </div>
  );
}

function Figure({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <figure class="compare-figure">
      <figcaption class="ellipsis" title={title}>
        {title}
      </figcaption>
      {children}
    </figure>
  );
}

/** The decoded ones of images, the first of them opaque. */
function shownImages(ground: ImageBitmap | null, ...others: (readonly [ImageBitmap | null, number])[]): ShownImage[] {
  return [[ground, 1] as const, ...others].flatMap(([bitmap, opacity]) =>
    bitmap === null ? [] : [{ bitmap, opacity }],
  );
}

function Legend({ name }: { name: string }) {
  return (
    <div class="compare-legend">
      <span>Same</span>
      <span class="compare-scale" aria-hidden="true" />
      <span>Very different</span>
      <span class="secondary-text">
        Black, red, yellow, white. Empty where “{name}” has nothing. An overall change of brightness or contrast is left
        out.
      </span>
    </div>
  );
}

function ZoomHelp({ viewport, onShowAll }: { viewport: Viewport | null; onShowAll: () => void }) {
  return (
    <p class="compare-zoom secondary-text">
      Zoom with the wheel or + and −, move by dragging or with the arrow keys.
      {viewport === null ? null : (
        <button type="button" class="text-button" onClick={onShowAll}>
          Show all
        </button>
      )}
    </p>
  );
}
