import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FlowEvent } from '../flow/state.js';
import { Button, IconButton } from './components.js';
import { decodeOpaque } from './opaque-picture.js';
import { type VirtualItem, VirtualList } from './virtual-list.js';

/** A picked frame or layer. */
export interface PickRow {
  nodeId: string;
  name: string;
  detail: string;
  /** The reason why it cannot be used, or null. */
  blocked: string | null;
  kind: 'frame' | 'layer';
  removeLabel: string;
  onRemove: () => void;
}

/** A button with a text. */
export interface PickAction {
  label: string;
  onClick: () => void;
}

interface PickListProps {
  title: string;
  /** Instructions while nothing is picked. */
  empty: string;
  rows: readonly PickRow[];
  /** Adds the selection; null if the selection has nothing for this list. */
  add: PickAction | null;
  /** Explains why the selection cannot be added, or what is left out. */
  hint?: string | undefined;
  /** Other actions with the picks. */
  extras?: readonly PickAction[];
  /** Announced to screen readers when it changes. */
  status?: string;
  thumbnails: ReadonlyMap<string, Uint8Array | null>;
  dispatch: (event: FlowEvent) => void;
}

type PickItem = PickRow & VirtualItem;

const ROW_PX = 60;
/** More rows than this push what follows them out of view. */
const LONG_LIST = 4;

/** A list of picks with its title and the buttons that act on it. */
export function PickList({ title, empty, rows, status = '', thumbnails, dispatch, ...actions }: PickListProps) {
  const section = useRef<HTMLElement>(null);
  // what acts on a long list stays in reach above it
  const isLong = rows.length > LONG_LIST;
  return (
    <section ref={section} class="section" aria-label={title} tabIndex={-1}>
      <h2>
        {title}
        {rows.length > 1 ? <span class="amount">{rows.length}</span> : null}
      </h2>
      {isLong ? <PickActions {...actions} /> : null}
      {rows.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <PickRows title={title} rows={rows} section={section} thumbnails={thumbnails} dispatch={dispatch} />
      )}
      {isLong ? null : <PickActions {...actions} />}
      <p class="visually-hidden" role="status">
        {status}
      </p>
    </section>
  );
}

function PickActions({ hint, add, extras = [] }: Pick<PickListProps, 'hint' | 'add' | 'extras'>) {
  return (
    <>
      {hint === undefined ? null : <p class="secondary-text">{hint}</p>}
      {add === null ? null : (
        <Button wide onClick={add.onClick}>
          <span class="ellipsis">{add.label}</span>
        </Button>
      )}
      {extras.map(({ label, onClick }) => (
        <Button key={label} look="quiet" onClick={onClick}>
          <span class="ellipsis">{label}</span>
        </Button>
      ))}
    </>
  );
}

interface PickRowsProps extends Pick<PickListProps, 'title' | 'rows' | 'thumbnails' | 'dispatch'> {
  section: RefObject<HTMLElement>;
}

/** The arrow keys move between the rows, Enter zooms to one, Delete removes it. */
function PickRows({ title, rows, section, thumbnails, dispatch }: PickRowsProps) {
  const items = rows.map((row): PickItem => ({ ...row, key: row.nodeId, estimatePx: ROW_PX }));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Delete' && event.key !== 'Backspace') return;
    const item = event.target instanceof Element ? event.target.closest('.virtual-item') : null;
    const row = rows.find(({ nodeId }) => nodeId === item?.getAttribute('data-key'));
    if (item === null || row === undefined) return;
    event.preventDefault();
    focusBeside(item, section.current);
    row.onRemove();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the controls inside
    <div class="picks" onKeyDown={onKeyDown}>
      <VirtualList
        label={title}
        items={items}
        render={(row) => <PickCard row={row} png={thumbnails.get(row.nodeId)} dispatch={dispatch} />}
      />
    </div>
  );
}

/** Moves the focus from a row to the next one, else the one before, else the list. */
function focusBeside(item: Element, section: HTMLElement | null): void {
  const beside = item.nextElementSibling ?? item.previousElementSibling;
  const control = beside?.querySelector<HTMLElement>('button') ?? section;
  control?.focus();
}

interface PickCardProps {
  row: PickRow;
  png: Uint8Array | null | undefined;
  dispatch: (event: FlowEvent) => void;
}

/** A picked frame or layer. A click zooms to it on the canvas. */
function PickCard({ row, png, dispatch }: PickCardProps) {
  const { nodeId, name, detail, blocked, kind, removeLabel, onRemove } = row;
  return (
    <div class="card">
      <button
        type="button"
        class="card-main"
        onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}
        title={`Zoom to “${name}”`}
      >
        {kind === 'frame' ? <PickThumbnail nodeId={nodeId} png={png} dispatch={dispatch} /> : <PickIcon kind={kind} />}
        <span class="card-text">
          <span class="card-name">{name}</span>
          <span class={blocked === null ? 'card-detail' : 'card-detail danger-text'}>{blocked ?? detail}</span>
        </span>
      </button>
      <IconButton icon="close" label={removeLabel} onClick={onRemove} />
    </div>
  );
}

const ICONS = {
  frame: 'M5 2v12M11 2v12M2 5h12M2 11h12',
  layer: 'M8 2.5L14 6l-6 3.5L2 6zM2.5 9.5L8 12.5l5.5-3',
} as const;

function PickIcon({ kind }: Pick<PickRow, 'kind'>) {
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <path d={ICONS[kind]} fill="none" stroke="currentColor" stroke-linejoin="round" />
    </svg>
  );
}

type PickThumbnailProps = Pick<PickCardProps, 'png' | 'dispatch'> & { nodeId: string };

/** A small image of a frame, which is asked for while the row is drawn. The icon of frames stands in until it is there. */
export function PickThumbnail({ nodeId, png, dispatch }: PickThumbnailProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isMissing = png === undefined;
  useEffect(() => {
    if (!isMissing) return;
    dispatch({ type: 'thumbnail.want', nodeId, isWanted: true });
    return () => dispatch({ type: 'thumbnail.want', nodeId, isWanted: false });
  }, [nodeId, isMissing]);
  useEffect(() => {
    if (canvas.current !== null && png !== undefined && png !== null) void drawWhole(canvas.current, png);
  }, [png]);
  return (
    <span class="pick-thumbnail" aria-hidden="true">
      {png === undefined || png === null ? <PickIcon kind="frame" /> : <canvas ref={canvas} width={0} height={0} />}
    </span>
  );
}

/** Leaves the canvas empty if the image cannot be decoded. */
async function drawWhole(canvas: HTMLCanvasElement, png: Uint8Array): Promise<void> {
  try {
    const bitmap = await decodeOpaque(png);
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
    bitmap.close();
  } catch {
    canvas.width = 0;
  }
}
