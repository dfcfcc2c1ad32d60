import { useMemo } from 'preact/hooks';
import { count } from '../../shared/text.js';
import type { FailedTarget } from '../flow/frame-problems.js';
import type { HashedFrame } from '../flow/request.js';
import { type Counterpart, type Counterparts, counterpartsOf, selectedLayers } from '../flow/select.js';
import type { Flow, FlowEvent, SelectedState } from '../flow/state.js';
import { Button, ConfidenceBadge, IconButton, Illustration, Notice, ProblemNotice, Screen } from './components.js';
import { FailedGroupView } from './failed-group.js';
import { Thumbnail } from './thumbnail.js';
import { type VirtualItem, VirtualList } from './virtual-list.js';

interface SelectViewProps {
  flow: Flow;
  state: SelectedState;
  dispatch: (event: FlowEvent) => void;
}

/** What is selected in Figma, what is in doubt, and what has no counterpart. */
export function SelectView({ flow, state, dispatch }: SelectViewProps) {
  const { run, result, outcome } = state;
  const { threshold } = flow.preferences;
  const found = useMemo(() => counterpartsOf(run, result, threshold), [run, result, threshold]);
  const items = useMemo(() => listItems(found), [found]);
  const source = run.frames.find(({ nodeId }) => nodeId === flow.picks.source?.nodeId);
  const again = () => dispatch({ type: 'select', doubtful: state.doubtful, source: state.source });
  const isNothing = outcome?.count === 0;
  return (
    <Screen
      title={isNothing ? 'Nothing selected' : 'Layers selected'}
      bar={<IconButton icon="back" label="Back" onClick={() => dispatch({ type: 'back' })} />}
      footer={
        <div class="footer-row">
          <Button wide busy={outcome === null} disabled={selectedLayers(flow, state).length === 0} onClick={again}>
            Select again
          </Button>
          <Button look="primary" wide onClick={() => dispatch({ type: 'close' })}>
            Close
          </Button>
        </div>
      }
    >
      <div class="message">
        <Illustration name={isNothing ? 'warning' : 'done'} />
        <h1>{headingOf(flow, state)}</h1>
        <p class="secondary-text">{hintOf(found, isNothing)}</p>
      </div>
      {state.problem === null ? null : <ProblemNotice problem={state.problem} />}
      {[...run.notices, ...(outcome?.notices ?? [])].map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      <Choices flow={flow} state={state} doubtful={found.doubtful.length} dispatch={dispatch} />
      <VirtualList
        label="Layers that are not selected for sure"
        items={items}
        render={(item) => <ItemView item={item} source={source} dispatch={dispatch} />}
      />
    </Screen>
  );
}

/** `Selected 17 layers in 6 of 7 frames`. */
function headingOf(flow: Flow, state: SelectedState): string {
  const { outcome, run, result } = state;
  if (outcome === null) return 'Selecting layers…';
  if (outcome.count === 0) return 'No layers selected';
  const frames = selectedLayers(flow, { ...state, source: false }).length;
  const total = result.targets.length + run.failed.length;
  return `Selected ${count(outcome.count, 'layer')} in ${frames} of ${count(total, 'frame')}`;
}

function hintOf({ doubtful }: Counterparts, isNothing: boolean): string {
  if (!isNothing) return 'Continue with Figma’s own tools. The layers stay selected when you close this window.';
  return doubtful.length > 0
    ? 'All matches are doubtful. Check them below and include them.'
    : 'The frames have no layers that match.';
}

interface ChoicesProps extends SelectViewProps {
  doubtful: number;
}

function Choices({ flow, state, doubtful, dispatch }: ChoicesProps) {
  const own = flow.picks.layers.length;
  const choose = (choice: Partial<Pick<SelectedState, 'doubtful' | 'source'>>) =>
    dispatch({ type: 'select', doubtful: state.doubtful, source: state.source, ...choice });
  return (
    <section class="section" aria-label="What to select">
      {doubtful === 0 ? null : (
        <label class="choice">
          <input
            type="checkbox"
            checked={state.doubtful}
            onChange={({ currentTarget }) => choose({ doubtful: currentTarget.checked })}
          />
          Include doubtful ({doubtful})
        </label>
      )}
      <label class="choice">
        <input
          type="checkbox"
          checked={state.source}
          onChange={({ currentTarget }) => choose({ source: currentTarget.checked })}
        />
        Include the source’s own {own === 1 ? 'layer' : 'layers'} ({own})
      </label>
    </section>
  );
}

type ListItem = VirtualItem &
  (
    | { kind: 'heading'; title: string; amount: number }
    | { kind: 'failed'; target: FailedTarget }
    | { kind: 'row'; counterpart: Counterpart }
  );

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { failed: 130, heading: 36, row: 80 } as const;

function listItems({ failed, doubtful, missing }: Counterparts): ListItem[] {
  return [
    ...failed.map((target): ListItem => {
      return { kind: 'failed', key: `failed ${target.nodeId}`, target, estimatePx: HEIGHTS.failed };
    }),
    ...section('Doubtful', doubtful),
    ...section('No counterpart', missing),
  ];
}

function section(title: string, rows: readonly Counterpart[]): ListItem[] {
  if (rows.length === 0) return [];
  const heading: ListItem = {
    kind: 'heading',
    key: title,
    title,
    amount: rows.length,
    estimatePx: HEIGHTS.heading,
    isSticky: true,
    isPassive: true,
  };
  return [
    heading,
    ...rows.map((counterpart): ListItem => {
      return { kind: 'row', key: counterpart.key, counterpart, estimatePx: HEIGHTS.row };
    }),
  ];
}

interface ItemViewProps {
  item: ListItem;
  source: HashedFrame | undefined;
  dispatch: (event: FlowEvent) => void;
}

function ItemView({ item, source, dispatch }: ItemViewProps) {
  switch (item.kind) {
    case 'failed':
      return <FailedGroupView target={item.target} dispatch={dispatch} />;
    case 'heading':
      return (
        <h2 class="group-heading">
          {item.title}
          <span class="amount">{item.amount}</span>
        </h2>
      );
    case 'row':
      return <CounterpartRow counterpart={item.counterpart} source={source} dispatch={dispatch} />;
  }
}

interface CounterpartRowProps {
  counterpart: Counterpart;
  source: HashedFrame | undefined;
  dispatch: (event: FlowEvent) => void;
}

/** One layer in one target. A click zooms to it on the canvas. */
function CounterpartRow({ counterpart, source, dispatch }: CounterpartRowProps) {
  const { item, target, layerId, box, confidence } = counterpart;
  const sourceId = item.item.kind === 'layer' ? item.item.layerId : null;
  const sourceBox = source?.layers.find((layer) => layer.layerId === sourceId)?.box ?? null;
  return (
    <div class={layerId === null ? 'row missing' : 'row'}>
      <button
        type="button"
        class="row-main"
        title={`Zoom to “${target.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: target.nodeId, box })}
      >
        <span class="pair">
          <Thumbnail frame={source} box={sourceBox} label={`“${item.label}” in the source`} />
          <Thumbnail frame={target} box={layerId === null ? null : box} label={`“${item.label}” in “${target.name}”`} />
        </span>
        <span class="row-text">
          <span class="row-label">{item.label}</span>
          <span class="row-detail">{target.name}</span>
          {layerId === null ? (
            <span class="row-reason">No counterpart in this frame</span>
          ) : (
            <span class="row-match">
              <ConfidenceBadge confidence={confidence} />
            </span>
          )}
        </span>
      </button>
    </div>
  );
}
