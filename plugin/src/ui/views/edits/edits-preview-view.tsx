import { useMemo } from 'preact/hooks';
import { count } from '../../../shared/text.js';
import { canBeOnWithAll, includedCount, passesFilter } from '../../flow/edits/edits-choices.js';
import { candidatesOf, selectedCandidate } from '../../flow/edits/edits-correction.js';
import { type EditsItem, editsItems, type Section } from '../../flow/edits/edits-items.js';
import { type AlreadySo, type EditRow, type EditRows, editRows } from '../../flow/edits/edits-rows.js';
import type { EditsPreview } from '../../flow/edits/edits-state.js';
import type { PreviewFilter } from '../../flow/preview/preview-state.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { MessageScreen, Notice } from '../components.js';
import { FailedGroupView } from '../failed-group.js';
import { ToggleGroup } from '../preview/controls.js';
import { CorrectionView } from '../preview/correction-view.js';
import { PreviewScreen } from '../preview/preview-screen.js';
import { amountsOf, PreviewTools } from '../preview/preview-tools.js';
import type { VirtualItem } from '../virtual-list.js';
import { EditGroupView } from './edits-group.js';
import { EditRowView } from './edits-row.js';

interface EditsPreviewViewProps {
  flow: Flow;
  preview: EditsPreview;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Expected heights of items in CSS pixels. */
const HEIGHTS: Record<EditsItem['kind'], number> = {
  failed: 130,
  warning: 72,
  section: 52,
  group: 60,
  row: 84,
  correction: 220,
};

type ListedItem = VirtualItem & { item: EditsItem };

/** All edits in all targets, each with a checkbox or a choice. Nothing is written before Apply. */
export function EditsPreviewView({ flow, preview, applying, dispatch }: EditsPreviewViewProps) {
  const { targets, groupBy, filter, expanded, correcting } = preview;
  const rows = editRows(preview);
  const items = useMemo(() => editsItems(preview).map(listed), [targets, groupBy, filter, expanded, correcting]);
  if (rows.byKey.size === 0 && preview.failed.length === 0) {
    return <NothingView flow={flow} preview={preview} rows={rows} dispatch={dispatch} />;
  }
  const amount = includedCount(preview, preview);
  return (
    <PreviewScreen
      title="Edits"
      problem={preview.problem}
      notices={[...preview.run.notices, ...(rows.alreadySo.edits === 0 ? [] : [alreadySoSentence(rows.alreadySo)])]}
      tools={<EditsTools preview={preview} rows={rows} dispatch={dispatch} />}
      onSwitch={(on) => switchShown({ rows, preview, on, dispatch })}
      apply={{
        label: amount === 0 ? 'No changes selected' : `Apply ${count(amount, 'change')}`,
        isEmpty: amount === 0,
        isBusy: applying,
      }}
      list={{
        label: 'Edits',
        items,
        choice: `${filter} ${groupBy}`,
        render: ({ item }) => <EditsItemView flow={flow} preview={preview} item={item} dispatch={dispatch} />,
      }}
      nothing={NOTHING_SHOWN[filter]}
      dispatch={dispatch}
    />
  );
}

function listed(item: EditsItem): ListedItem {
  return {
    item,
    key: item.key,
    estimatePx: HEIGHTS[item.kind],
    isSticky: item.kind === 'group',
    isPassive: item.kind === 'section',
  };
}

function alreadySoSentence({ edits, frames }: AlreadySo): string {
  return `${count(edits, 'edit')} ${edits === 1 ? 'is' : 'are'} already there in ${count(frames, 'frame')}.`;
}

const NOTHING_SHOWN: Record<PreviewFilter, string> = {
  all: 'No frame can get these edits.',
  doubtful: 'No change is doubtful.',
  conflicts: 'There are no conflicts.',
  missing: 'Every layer has a match in every frame.',
};

interface NothingViewProps {
  flow: Flow;
  preview: EditsPreview;
  rows: EditRows;
  dispatch: (event: FlowEvent) => void;
}

/** No edits, or none that the frames do not have. */
function NothingView({ flow, preview, rows, dispatch }: NothingViewProps) {
  const onBack = () => dispatch({ type: 'back' });
  const action = { label: 'Back', onClick: onBack };
  if (preview.edits.length > 0) {
    return (
      <MessageScreen
        illustration="done"
        title="Everything is already so"
        message={alreadySoSentence(rows.alreadySo)}
        action={action}
        onBack={onBack}
      />
    );
  }
  const isRecording = flow.picks.after === null;
  return (
    <MessageScreen
      illustration="done"
      title="Nothing to transfer"
      message={isRecording ? 'The frame is as it was when recorded.' : 'Both frames are the same.'}
      hint={isRecording ? 'Edit the frame, then transfer again.' : 'Choose two frames that differ.'}
      action={action}
      onBack={onBack}
    />
  );
}

interface PartProps {
  rows: EditRows;
  dispatch: (event: FlowEvent) => void;
}

interface SwitchProps extends PartProps {
  preview: EditsPreview;
  on: boolean;
}

/** "All" leaves off what has to be chosen one by one; both buttons leave alone what the filter hides. */
function switchShown({ rows, preview, on, dispatch }: SwitchProps): void {
  const shown = [...rows.byKey.values()].filter((row) => passesFilter(row, preview.filter));
  const keys = shown.filter((row) => !on || canBeOnWithAll(row)).map(({ key }) => key);
  dispatch({ type: 'edits.choose', keys, choice: on ? 'ours' : 'off' });
}

const GROUPINGS = { edit: 'By edit', frame: 'By frame' } as const;

/** Grouping, filter and threshold; always in view. */
function EditsTools({ preview, rows, dispatch }: PartProps & { preview: EditsPreview }) {
  const { groupBy, filter, threshold } = preview;
  const amounts = useMemo(() => amountsOf(rows.byKey.values(), passesFilter), [rows]);
  return (
    <PreviewTools threshold={threshold} filter={{ chosen: filter, amounts }} dispatch={dispatch}>
      <ToggleGroup
        label="Group"
        keys={['edit', 'frame'] as const}
        chosen={groupBy}
        render={(each) => GROUPINGS[each]}
        onChoose={(each) => dispatch({ type: 'edits.group-by', groupBy: each })}
      />
    </PreviewTools>
  );
}

interface ItemProps {
  flow: Flow;
  preview: EditsPreview;
  item: EditsItem;
  dispatch: (event: FlowEvent) => void;
}

function EditsItemView({ flow, preview, item, dispatch }: ItemProps) {
  switch (item.kind) {
    case 'failed':
      return <FailedGroupView target={item.target} dispatch={dispatch} />;
    case 'warning': {
      const { nodeId, name } = item.target.frame;
      return (
        <div class="frame-warning">
          <Notice tone="info">
            <strong>{name}</strong> {item.warning}{' '}
            <button type="button" class="text-button" onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}>
              Show frame
            </button>
          </Notice>
        </div>
      );
    }
    case 'section':
      return <SectionHeading section={item.section} rows={item.rows} />;
    case 'group':
      return <EditGroupView preview={preview} group={item.group} isOpen={item.isOpen} dispatch={dispatch} />;
    case 'row':
      return <EditRowView preview={preview} row={item.row} isCorrecting={item.isCorrecting} dispatch={dispatch} />;
    case 'correction':
      return <EditCorrectionView flow={flow} row={item.row} dispatch={dispatch} />;
  }
}

/** Other counterparts of the row's layer. */
function EditCorrectionView({ flow, row, dispatch }: { flow: Flow; row: EditRow; dispatch: ItemProps['dispatch'] }) {
  return (
    <CorrectionView
      row={row.key}
      target={row.target.frame}
      candidates={candidatesOf(row)}
      selected={selectedCandidate(flow, row)}
      dispatch={dispatch}
    />
  );
}

const SECTIONS: Record<Section, { title: string; note: string }> = {
  change: { title: 'Changes', note: '' },
  conflict: {
    title: 'Conflicts',
    note: 'These frames differ from the source already. They stay as they are unless you decide.',
  },
  'taken-back': {
    title: 'Taken back in the source',
    note: 'An earlier run made these edits here, and the source no longer has them. Select those to take back here too.',
  },
  kept: {
    title: 'Kept',
    note: 'These layers keep their own style, variable or component, which matches that of the source.',
  },
  blocked: { title: 'Can’t be written', note: '' },
  missing: { title: 'Not found', note: 'These layers have no match, so nothing is written.' },
  frame: { title: 'Frames', note: '' },
};

function SectionHeading({ section, rows }: { section: Section; rows: number }) {
  const { title, note } = SECTIONS[section];
  return (
    <div class="edits-section">
      <h2>
        {title} <span class="amount">{rows}</span>
      </h2>
      {note === '' ? null : <p class="secondary-text">{note}</p>}
    </div>
  );
}
