import { useMemo } from 'preact/hooks';
import type { PlacedFrame, PlacedItem, PlacedScope } from '../../../shared/placed.js';
import { count, removedLines } from '../../../shared/text.js';
import { includedFrames } from '../../flow/remove/remove.js';
import type { RemoveList, RemoveStep } from '../../flow/remove/remove-state.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, Illustration, Notice, ProblemNotice, Screen } from '../components.js';
import { ResultScreen, SkippedList, UndoneView } from '../done-view.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';

type Dispatch = (event: FlowEvent) => void;

const TITLE = 'Remove what was transferred';

interface RemoveViewProps {
  state: RemoveStep;
  /** Number of selected frames. */
  selected: number;
  dispatch: Dispatch;
}

/** “Remove what was transferred”: what is removed, by frame, and then the result. */
export function RemoveView({ state, selected, dispatch }: RemoveViewProps) {
  if (state.step === 'removed') return <RemovedView state={state} dispatch={dispatch} />;
  const removing = state.step === 'removing';
  return <ListView list={removing ? state.list : state} {...{ selected, removing, dispatch }} />;
}

interface ListViewProps {
  list: RemoveList;
  selected: number;
  removing: boolean;
  dispatch: Dispatch;
}

function ListView({ list, selected, removing, dispatch }: ListViewProps) {
  const amount = includedFrames(list).reduce((sum, { items }) => sum + items.length, 0);
  const items = useMemo(() => (list.frames ?? []).flatMap(frameItems), [list.frames]);
  return (
    <Screen
      title={TITLE}
      bar={<h1>{TITLE}</h1>}
      tools={<ScopeChoice scope={list.scope} dispatch={dispatch} />}
      footer={
        <Button
          look="primary"
          wide
          disabled={amount === 0}
          busy={removing}
          onClick={() => dispatch({ type: 'remove.start' })}
        >
          {removing ? 'Removing…' : amount === 0 ? 'Nothing to remove' : `Remove ${count(amount, 'item')}`}
        </Button>
      }
    >
      {list.problem === null ? null : <ProblemNotice problem={list.problem} />}
      <EditsNotice frames={list.frames ?? []} />
      {items.length > 0 ? (
        <VirtualList
          label="What is removed"
          items={items}
          render={(item) => <RemoveItemView item={item} list={list} dispatch={dispatch} />}
        />
      ) : list.frames === null ? null : (
        <EmptyList scope={list.scope} selected={selected} />
      )}
    </Screen>
  );
}

const SCOPES: readonly { scope: PlacedScope; label: string }[] = [
  { scope: 'selection', label: 'Selected frames' },
  { scope: 'page', label: 'All frames of this page' },
];

function ScopeChoice({ scope, dispatch }: { scope: PlacedScope; dispatch: Dispatch }) {
  return (
    <fieldset class="choices">
      <legend class="visually-hidden">Where to look</legend>
      {SCOPES.map((choice) => (
        <label key={choice.scope} class="choice">
          <input
            type="radio"
            name="scope"
            checked={choice.scope === scope}
            onChange={() => dispatch({ type: 'remove.scope', scope: choice.scope })}
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}

/** Edits change what was there before, which is not stored. */
function EditsNotice({ frames }: { frames: readonly PlacedFrame[] }) {
  const edits = frames.reduce((sum, frame) => sum + frame.edits, 0);
  if (edits === 0) return null;
  return (
    <Notice tone="info">
      {count(edits, 'transferred edit')} {edits === 1 ? 'stays' : 'stay'}: the values before are not stored. Undo in
      Figma, or go back in the version history.
    </Notice>
  );
}

function EmptyList({ scope, selected }: { scope: PlacedScope; selected: number }) {
  const isUnselected = scope === 'selection' && selected === 0;
  const where = scope === 'selection' ? 'the selected frames' : 'this page';
  return (
    <div class="message" role="status">
      <Illustration name="window" />
      <h2>Nothing to remove</h2>
      <p>{isUnselected ? 'No frame is selected.' : `No run has placed anything in ${where}.`}</p>
      <p class="secondary-text">
        {scope === 'selection' ? 'Select frames on the canvas, or look at the whole page. ' : ''}
        What a duplicate of a frame contains was copied with it, and stays.
      </p>
    </div>
  );
}

type RemoveItem = VirtualItem &
  ({ kind: 'frame'; frame: PlacedFrame } | { kind: 'item'; item: PlacedItem; frame: PlacedFrame; isChanged: boolean });

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { frame: 36, item: 48 } as const;

/** A frame as items of the list: its heading, what is removed, and what stays. */
function frameItems(frame: PlacedFrame): RemoveItem[] {
  const row = (item: PlacedItem, isChanged: boolean): RemoveItem => {
    return { kind: 'item', item, frame, isChanged, key: item.key, estimatePx: HEIGHTS.item };
  };
  return [
    { kind: 'frame', frame, key: frame.nodeId, estimatePx: HEIGHTS.frame, isSticky: true },
    ...frame.items.map((item) => row(item, false)),
    ...frame.changed.map((item) => row(item, true)),
  ];
}

function RemoveItemView({ item, list, dispatch }: { item: RemoveItem; list: RemoveList; dispatch: Dispatch }) {
  if (item.kind === 'item') return <ItemRow {...item} isKept={isKept(item, list)} dispatch={dispatch} />;
  const { frame } = item;
  const isEmpty = frame.items.length === 0;
  return (
    <div class="group-heading remove-heading">
      <label class="choice">
        <input
          type="checkbox"
          checked={!isEmpty && !list.excluded.has(frame.nodeId)}
          disabled={isEmpty}
          onChange={(event) =>
            dispatch({ type: 'remove.include', frameIds: [frame.nodeId], on: event.currentTarget.checked })
          }
        />
        <span class="ellipsis" title={frame.name}>
          {frame.name}
        </span>
      </label>
      <span class="amount">{count(frame.items.length, 'item')}</span>
    </div>
  );
}

function isKept({ frame, isChanged }: { frame: PlacedFrame; isChanged: boolean }, { excluded }: RemoveList): boolean {
  return isChanged || excluded.has(frame.nodeId);
}

interface ItemRowProps {
  item: PlacedItem;
  isChanged: boolean;
  isKept: boolean;
  dispatch: Dispatch;
}

const KINDS: Record<PlacedItem['kind'], string> = { annotation: 'Annotation', note: 'Note and pin', layer: 'Layer' };

function ItemRow({ item, isChanged, isKept: kept, dispatch }: ItemRowProps) {
  const kind = item.on === null ? KINDS[item.kind] : `${KINDS[item.kind]} on “${item.on}”`;
  const label = isChanged ? kind : item.label;
  return (
    <div class={kept ? 'remove-row kept' : 'remove-row'}>
      <div class="row-text">
        <span class="row-label">{label}</span>
        <span class="row-detail">{isChanged ? 'Changed since, so it stays' : kind}</span>
      </div>
      <Button
        look="quiet"
        label={`Show ${label} on the canvas`}
        onClick={() => dispatch({ type: 'reveal', nodeId: item.nodeId, box: null })}
      >
        Show
      </Button>
    </div>
  );
}

function RemovedView({ state, dispatch }: { state: Extract<RemoveStep, { step: 'removed' }>; dispatch: Dispatch }) {
  if (state.undo === 'done') return <UndoneView heading="Removal undone" back="Back to the list" dispatch={dispatch} />;
  const { changed, frames } = state.summary;
  const kept = changed.map(({ frameName, item }) => {
    const label = `Annotation on “${item.on}”`;
    return { key: item.key, label, targetName: frameName, reason: 'Someone changed it since.' };
  });
  return (
    <ResultScreen
      result={state}
      isEmpty={false}
      heading={`Removed from ${count(frames, 'frame')}`}
      lines={removedLines(state.summary)}
      dispatch={dispatch}
    >
      <SkippedList heading="Kept" rows={kept} />
    </ResultScreen>
  );
}
