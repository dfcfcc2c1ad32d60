import { LIMITS } from '@samepoint/shared-protocol';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { FrameSummary, OverlaySummary } from '../../../shared/messages.js';
import {
  frameUnder,
  TRACK_ORDERS,
  TRACK_OUTPUTS,
  type TrackOrder,
  type TrackOutput,
} from '../../../shared/tracking.js';
import { withOverlays, withTargets } from '../../flow/pick.js';
import type { FlowEvent } from '../../flow/state.js';
import { misfits, sequenceOf } from '../../flow/track/sequence.js';
import { Button, IconButton } from '../components.js';
import { layerRow, type SectionProps } from '../pick-frames.js';
import { PickList, PickThumbnail } from '../pick-list.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';

const ORDER_LABELS: Record<TrackOrder, string> = { position: 'By position', name: 'By name', hand: 'By hand' };

/** Expected height of a frame in the list, in CSS pixels. */
const FRAME_PX = 52;

type FrameItem = VirtualItem & { frame: FrameSummary; place: number };

/** The frames of the sequence in their order, and which of them is annotated. */
export function SequenceList({ flow, dispatch }: SectionProps) {
  const { picks, tracking } = flow;
  const frames = sequenceOf(picks, tracking);
  const items = frames.map((frame, index): FrameItem => {
    return { key: frame.nodeId, estimatePx: FRAME_PX, frame, place: index + 1 };
  });
  const unfit = new Set(misfits(picks).map(({ nodeId }) => nodeId));
  const list = useRef<HTMLDivElement>(null);
  const refocus = useFocusOf(list);
  const move = (nodeId: string, by: -1 | 1) => {
    refocus(nodeId, by);
    dispatch({ type: 'track.move', nodeId, by });
  };
  return (
    <section class="section" aria-label="Frames">
      <div class="section-row">
        <h2>Frames {frames.length > 1 ? <span class="amount">{frames.length}</span> : null}</h2>
        {frames.length > 1 ? <OrderSelect flow={flow} dispatch={dispatch} /> : null}
      </div>
      {frames.length === 0 ? (
        <p class="empty">Select the frames of the sequence on the canvas: stills of a video, a storyboard, a flow.</p>
      ) : (
        <>
          <p class="secondary-text" id="annotated-hint">
            The marked frame is the annotated one, which has the regions.
          </p>
          <div ref={list}>
            <VirtualList
              label="Frames in their order"
              items={items}
              render={({ frame, place }) => (
                <SequenceFrame
                  frame={frame}
                  place={place}
                  amount={frames.length}
                  isAnnotated={frame.nodeId === picks.source?.nodeId}
                  isUnfit={unfit.has(frame.nodeId)}
                  png={flow.thumbnails.get(frame.nodeId)}
                  move={move}
                  dispatch={dispatch}
                />
              )}
            />
          </div>
        </>
      )}
      <AddFrames flow={flow} dispatch={dispatch} />
      {frames.length > LIMITS.targetsPerJob ? (
        <p class="secondary-text">A run takes up to {LIMITS.targetsPerJob} frames. Remove some, or run it in parts.</p>
      ) : null}
    </section>
  );
}

/** Keeps the focus on a button of a frame that changes its place. */
function useFocusOf(list: { current: HTMLElement | null }) {
  const wanted = useRef<{ nodeId: string; by: -1 | 1 } | null>(null);
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    const { nodeId, by } = wanted.current;
    wanted.current = null;
    const row = [...(list.current?.querySelectorAll('.virtual-item') ?? [])].find(
      (item) => item.getAttribute('data-key') === nodeId,
    );
    const buttons = [...(row?.querySelectorAll<HTMLButtonElement>('button.move:not(:disabled)') ?? [])];
    (buttons.find((button) => button.dataset.by === String(by)) ?? buttons[0])?.focus();
  });
  return (nodeId: string, by: -1 | 1) => {
    wanted.current = { nodeId, by };
  };
}

function OrderSelect({ flow: { tracking }, dispatch }: SectionProps) {
  return (
    <select
      class="select"
      aria-label="Order of the frames"
      value={tracking.order}
      onChange={({ currentTarget }) => {
        const order = TRACK_ORDERS.find((known) => known === currentTarget.value) ?? 'position';
        dispatch({ type: 'track.choose', tracking: { ...tracking, order } });
      }}
    >
      {TRACK_ORDERS.map((order) => (
        <option key={order} value={order}>
          {ORDER_LABELS[order]}
        </option>
      ))}
    </select>
  );
}

interface SequenceFrameProps {
  frame: FrameSummary;
  place: number;
  /** Of frames in the sequence. */
  amount: number;
  isAnnotated: boolean;
  /** Whether its proportions differ from those of the annotated frame. */
  isUnfit: boolean;
  /** A small image; undefined until it is there. */
  png: Uint8Array | null | undefined;
  move: (nodeId: string, by: -1 | 1) => void;
  dispatch: (event: FlowEvent) => void;
}

function SequenceFrame({ frame, place, amount, isAnnotated, isUnfit, png, move, dispatch }: SequenceFrameProps) {
  const { nodeId, name, blocked, width, height } = frame;
  const problem = blocked ?? (isUnfit ? `${Math.round(width)} × ${Math.round(height)}: other proportions` : null);
  const remove = () =>
    dispatch(isAnnotated ? { type: 'pick.source', frame: null } : { type: 'pick.remove-target', nodeId });
  return (
    <div class="sequence-frame">
      <input
        type="radio"
        checked={isAnnotated}
        aria-label={`“${name}” is annotated`}
        aria-describedby="annotated-hint"
        onChange={() => dispatch({ type: 'track.annotated', nodeId })}
      />
      <span class="amount">{place}</span>
      <PickThumbnail nodeId={nodeId} png={png} dispatch={dispatch} />
      <span class="card-text">
        <span class="card-name" title={name}>
          {name}
        </span>
        {problem === null ? null : <span class="card-detail danger-text">{problem}</span>}
      </span>
      <MoveButton name={name} by={-1} disabled={place === 1} onClick={() => move(nodeId, -1)} />
      <MoveButton name={name} by={1} disabled={place === amount} onClick={() => move(nodeId, 1)} />
      <IconButton icon="close" label={`Remove “${name}”`} onClick={remove} />
    </div>
  );
}

interface MoveButtonProps {
  name: string;
  by: -1 | 1;
  disabled: boolean;
  onClick: () => void;
}

function MoveButton({ name, by, disabled, onClick }: MoveButtonProps) {
  const label = `Move “${name}” ${by < 0 ? 'up' : 'down'}`;
  return (
    <button
      type="button"
      class="icon-button move"
      data-by={by}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={onClick}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path
          d={by < 0 ? 'M4 10l4-4 4 4' : 'M4 6l4 4 4-4'}
          fill="none"
          stroke="currentColor"
          stroke-width="1.2"
          stroke-linecap="round"
        />
      </svg>
    </button>
  );
}

/** Adds the selected frames; the first one is the annotated one until another is chosen. */
function AddFrames({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withTargets(picks, selection.frames).targets.slice(picks.targets.length);
  const [first, ...others] = added;
  if (first === undefined) return null;
  const add = () => {
    if (picks.source !== null) return dispatch({ type: 'pick.targets', frames: added });
    dispatch({ type: 'pick.source', frame: first });
    dispatch({ type: 'pick.targets', frames: others });
  };
  return (
    <Button wide onClick={add}>
      <span class="ellipsis">
        {others.length === 0 ? `Add “${first.name}”` : `Add ${added.length} selected frames`}
      </span>
    </Button>
  );
}

/** What is tracked: shapes drawn over the annotated frame, mask layers, layers of the frame. */
export function RegionList({ flow, dispatch }: SectionProps) {
  const { picks, selection } = flow;
  const added = withOverlays(picks, selection.overlays).overlays.slice(picks.overlays.length);
  const [only] = added;
  const frames = sequenceOf(picks, flow.tracking);
  const frameOf = ({ centre }: OverlaySummary) => (centre === undefined ? undefined : frameUnder(frames, centre));
  const add = () => {
    dispatch({ type: 'pick.overlays', overlays: added });
    const under = only === undefined ? undefined : frameOf(only);
    // the first region tells which frame is annotated
    if (picks.overlays.length === 0 && under !== undefined) dispatch({ type: 'track.annotated', nodeId: under.nodeId });
  };
  const filled = picks.overlays.filter(({ isFilled }) => isFilled === true);
  return (
    <PickList
      title="Regions"
      empty="Select what to track: shapes drawn over the annotated frame, mask layers, or layers of the frame."
      rows={picks.overlays.map((region) => ({
        ...layerRow(region, () => dispatch({ type: 'pick.remove-overlay', nodeId: region.nodeId })),
        removeLabel: `Remove region “${region.name}”`,
        blocked: isElsewhere(frameOf(region), picks.source) ? 'Not on the annotated frame' : null,
      }))}
      thumbnails={flow.thumbnails}
      dispatch={dispatch}
      hint={filled.length === 0 ? undefined : filledHint(filled.map(({ name }) => `“${name}”`))}
      add={
        only === undefined
          ? null
          : {
              label: added.length === 1 ? `Add region “${only.name}”` : `Add ${added.length} selected regions`,
              onClick: add,
            }
      }
    />
  );
}

/** Whether a region certainly lies on another frame of the sequence. */
function isElsewhere(under: FrameSummary | undefined, annotated: FrameSummary | null): boolean {
  return under !== undefined && annotated !== null && under.nodeId !== annotated.nodeId;
}

/** A filled shape that is no layer of the design spoils the picture of what it covers. */
function filledHint(names: readonly string[]): string {
  const [what, it] = names.length === 1 ? ['is filled and', 'it'] : ['are filled and', 'them'];
  return `${names.join(', ')} ${what} inside of the frame. If you drew ${it} to mark something, remove the fill: only an outline lets Samepoint see what is inside.`;
}

const OUTPUT_LABELS: Record<TrackOutput, { label: string; detail: string }> = {
  outlines: { label: 'Outlines', detail: 'A vector around each region' },
  masks: { label: 'Mask groups', detail: 'A picture of the frame, cut to the region' },
  points: { label: 'Points', detail: 'A dot in the middle of each region' },
};

/** What Apply writes. */
export function OutputChoice({ flow: { tracking }, dispatch }: SectionProps) {
  return (
    <section class="section" aria-label="Result">
      <h2 id="output-heading">Result</h2>
      <div role="radiogroup" aria-labelledby="output-heading" class="output-choices">
        {TRACK_OUTPUTS.map((output) => (
          <label key={output} class="output-choice">
            <input
              type="radio"
              name="output"
              checked={tracking.output === output}
              onChange={() => dispatch({ type: 'track.choose', tracking: { ...tracking, output } })}
            />
            <span class="card-text">
              <span class="card-name">{OUTPUT_LABELS[output].label}</span>
              <span class="card-detail">{OUTPUT_LABELS[output].detail}</span>
            </span>
          </label>
        ))}
      </div>
    </section>
  );
}
