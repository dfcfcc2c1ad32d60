import { useMemo } from 'preact/hooks';
import { count } from '../../../shared/text.js';
import { failedOf, groupsOf } from '../../flow/preview/preview.js';
import { canSwitch, groupState, isIncluded, passesFilter } from '../../flow/preview/preview-choices.js';
import { candidatesOf, selectedCandidate } from '../../flow/preview/preview-correction.js';
import { type PreviewItem, previewItems } from '../../flow/preview/preview-items.js';
import type { PreviewGroup, PreviewRow } from '../../flow/preview/preview-rows.js';
import type { PreviewFilter, PreviewState } from '../../flow/preview/preview-state.js';
import type { HashedFrame } from '../../flow/request.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { FailedGroupView } from '../failed-group.js';
import { memo } from '../memo.js';
import type { VirtualItem } from '../virtual-list.js';
import { CorrectionView } from './correction-view.js';
import { GroupHeading } from './group-heading.js';
import { PreviewRowView } from './preview-row.js';
import { PreviewScreen } from './preview-screen.js';
import { amountsOf, PreviewTools } from './preview-tools.js';

/** Expected heights of items in CSS pixels. */
const HEIGHTS: Record<PreviewItem['kind'], number> = { failed: 130, group: 44, row: 132, correction: 220 };

type ListedItem = VirtualItem & { item: PreviewItem };

interface PreviewViewProps {
  flow: Flow;
  preview: PreviewState;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** All placements by target, with a checkbox each. Nothing is written before Apply. */
export function PreviewView({ flow, preview, applying, dispatch }: PreviewViewProps) {
  const { run, result, filter, correcting, threshold } = preview;
  const groups = groupsOf(flow, preview);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const amounts = useMemo(() => amountsOf(rows, passesFilter), [rows]);
  const items = useMemo(
    () => previewItems(groups, failedOf({ run, result }), { filter, correcting }).map(listed),
    [groups, run, result, filter, correcting],
  );
  const source = run.frames.find((frame) => frame.nodeId === flow.picks.source?.nodeId);
  const amount = rows.filter((row) => isIncluded(preview, row)).length;
  const switchShown = (on: boolean) => {
    const shown = rows.filter((row) => passesFilter(row, filter) && (!on || canSwitch(row)));
    dispatch({ type: 'include', keys: shown.map(({ key }) => key), on });
  };
  return (
    <PreviewScreen
      title="Preview"
      problem={preview.problem}
      notices={run.notices}
      tools={<PreviewTools threshold={threshold} filter={{ chosen: filter, amounts }} dispatch={dispatch} />}
      onSwitch={switchShown}
      apply={{
        label: amount === 0 ? 'No items selected' : `Apply ${count(amount, 'item')}`,
        isEmpty: amount === 0,
        isBusy: applying,
      }}
      list={{
        label: 'Matches',
        items,
        choice: filter,
        render: ({ item }) => (
          <PreviewItemView flow={flow} preview={preview} item={item} source={source} dispatch={dispatch} />
        ),
      }}
      nothing={NOTHING_SHOWN[filter]}
      dispatch={dispatch}
    />
  );
}

const NOTHING_SHOWN: Record<PreviewFilter, string> = {
  all: 'No frame can get these items.',
  doubtful: 'No match is doubtful.',
  conflicts: 'There are no conflicts.',
  missing: 'Every item has a match in every frame.',
};

function listed(item: PreviewItem): ListedItem {
  return { item, key: item.key, estimatePx: HEIGHTS[item.kind], isSticky: item.kind === 'group' };
}

interface ItemProps extends Omit<PreviewViewProps, 'applying'> {
  item: PreviewItem;
  source: HashedFrame | undefined;
}

function PreviewItemView({ flow, preview, item, source, dispatch }: ItemProps) {
  switch (item.kind) {
    case 'failed':
      return <FailedGroupView target={item.target} dispatch={dispatch} />;
    case 'group': {
      const { group } = item;
      const on = group.rows.filter((row) => isIncluded(preview, row)).length;
      return (
        <FrameHeading
          group={group}
          checked={groupState(preview, group.rows)}
          on={on}
          intoComponent={flow.command === 'transfer-layers' ? preview.intoComponents.has(group.target.nodeId) : null}
          dispatch={dispatch}
        />
      );
    }
    case 'row':
      return (
        <PreviewRowView
          row={item.row}
          source={source}
          isIncluded={isIncluded(preview, item.row)}
          isCorrecting={item.row.key === preview.correcting}
          dispatch={dispatch}
        />
      );
    case 'correction':
      return <PlacementCorrection flow={flow} preview={preview} row={item.row} dispatch={dispatch} />;
  }
}

interface HeadingProps {
  group: PreviewGroup;
  checked: boolean | 'mixed' | null;
  /** The number of rows that are on. */
  on: number;
  /** Whether layers go into the main component of the target; null if nothing is placed there. */
  intoComponent: boolean | null;
  dispatch: (event: FlowEvent) => void;
}

const FrameHeading = memo(function FrameHeading({ group, checked, on, intoComponent, dispatch }: HeadingProps) {
  const { target, rows } = group;
  const { nodeId, name, mainComponent } = target;
  const keys = rows.filter(canSwitch).map(({ key }) => key);
  return (
    <GroupHeading
      title={name}
      checked={checked}
      switchLabel={`All items in “${name}”`}
      onSwitch={(include) => dispatch({ type: 'include', keys, on: include })}
      amount={`${on} of ${rows.length} selected`}
      hint={`Zoom to “${name}”`}
      onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}
      {...(mainComponent === undefined || intoComponent === null
        ? {}
        : { extra: <ComponentChoice {...{ nodeId, mainComponent, intoComponent, dispatch }} /> })}
    />
  );
});

interface ComponentChoiceProps {
  nodeId: string;
  mainComponent: string;
  intoComponent: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** What is placed in a main component is in all its instances, too. */
function ComponentChoice({ nodeId, mainComponent, intoComponent, dispatch }: ComponentChoiceProps) {
  return (
    <div class="component-choice">
      <p class="secondary-text">
        {intoComponent
          ? `All instances of “${mainComponent}” change with it.`
          : `“${mainComponent}” is a main component: layers go on top of it, and its instances stay as they are.`}
      </p>
      <label class="choice">
        <input
          type="checkbox"
          checked={intoComponent}
          onChange={(event) =>
            dispatch({ type: 'preview.into-component', targetId: nodeId, on: event.currentTarget.checked })
          }
        />
        Place inside the component
      </label>
    </div>
  );
}

interface CorrectionProps extends Omit<PreviewViewProps, 'applying'> {
  row: PreviewRow;
}

function PlacementCorrection({ flow, preview, row, dispatch }: CorrectionProps) {
  return (
    <CorrectionView
      row={row.key}
      target={row.target}
      candidates={candidatesOf(preview, row)}
      selected={selectedCandidate(flow, row)}
      dispatch={dispatch}
    />
  );
}
