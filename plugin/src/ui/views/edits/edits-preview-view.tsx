import { useMemo } from 'preact/hooks';
import { count, percent } from '../../../shared/text.js';
import { canBeOnWithAll, type EditsFilter, includedCount, passesFilter } from '../../flow/edits/edits-choices.js';
import { type EditsItem, editsItems, type Section } from '../../flow/edits/edits-items.js';
import { type AlreadySo, type EditRows, editRows } from '../../flow/edits/edits-rows.js';
import type { EditsPreview } from '../../flow/edits/edits-state.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button, IconButton, MessageScreen, Notice, ProblemNotice, Screen } from '../components.js';
import { FailedGroupView } from '../failed-group.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';
import { CorrectionView } from './edits-correction.js';
import { EditGroupView } from './edits-group.js';
import { Toggle } from './edits-parts.js';
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
    <Screen
      title="Edits"
      bar={<EditsBar rows={rows} preview={preview} dispatch={dispatch} />}
      tools={<EditsTools preview={preview} rows={rows} dispatch={dispatch} />}
      footer={
        <Button look="primary" wide disabled={amount === 0} busy={applying} onClick={() => dispatch({ type: 'apply' })}>
          {applying ? 'Applying…' : amount === 0 ? 'No changes selected' : `Apply ${count(amount, 'change')}`}
        </Button>
      }
    >
      {preview.problem === null ? null : <ProblemNotice problem={preview.problem} />}
      {preview.run.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      {rows.alreadySo.edits === 0 ? null : <Notice tone="info">{alreadySoSentence(rows.alreadySo)}</Notice>}
      {items.length === 0 ? <p class="nothing-shown secondary-text">{NOTHING_SHOWN[filter]}</p> : null}
      <VirtualList
        label="Edits"
        items={items}
        render={({ item }) => <EditsItemView flow={flow} preview={preview} item={item} dispatch={dispatch} />}
      />
    </Screen>
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

const NOTHING_SHOWN: Record<EditsFilter, string> = {
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

/** "All" leaves off what has to be chosen one by one; both buttons leave alone what the filter hides. */
function EditsBar({ rows, preview, dispatch }: PartProps & { preview: EditsPreview }) {
  const choose = (choice: 'ours' | 'off') => {
    const shown = [...rows.byKey.values()].filter((row) => passesFilter(row, preview.filter));
    const chosen = shown.filter((row) => choice === 'off' || canBeOnWithAll(row));
    dispatch({ type: 'edits.choose', keys: chosen.map(({ key }) => key), choice });
  };
  return (
    <>
      <IconButton icon="back" label="Back" onClick={() => dispatch({ type: 'back' })} />
      <h1>Edits</h1>
      <span class="bar-end">
        <Button look="quiet" label="Select all changes" onClick={() => choose('ours')}>
          All
        </Button>
        <Button look="quiet" label="Select none" onClick={() => choose('off')}>
          None
        </Button>
      </span>
    </>
  );
}

const GROUPINGS = { edit: 'By edit', frame: 'By frame' } as const;

const FILTERS: Record<EditsFilter, string> = {
  all: 'All',
  doubtful: 'Doubtful',
  conflicts: 'Conflicts',
  missing: 'Not found',
};

/** Grouping, filter and threshold; always in view. */
function EditsTools({ preview, rows, dispatch }: PartProps & { preview: EditsPreview }) {
  const { groupBy, filter, threshold } = preview;
  const amounts = useMemo(() => amountsOf(rows), [rows]);
  return (
    <div class="tools">
      <div class="tools-row">
        <fieldset class="toggle-group" aria-label="Group">
          {keysOf(GROUPINGS).map((each) => (
            <Toggle
              key={each}
              on={each === groupBy}
              onClick={() => dispatch({ type: 'edits.group-by', groupBy: each })}
            >
              {GROUPINGS[each]}
            </Toggle>
          ))}
        </fieldset>
        <label class="threshold" title="Changes from this confidence on are selected">
          <span>From {percent(threshold)}</span>
          <input
            type="range"
            min="0"
            max="100"
            step="5"
            value={Math.round(threshold * 100)}
            aria-label="Select changes from this confidence on"
            aria-valuetext={percent(threshold)}
            onInput={(event) =>
              dispatch({ type: 'edits.threshold', threshold: event.currentTarget.valueAsNumber / 100 })
            }
          />
        </label>
      </div>
      <fieldset class="toggle-group" aria-label="Show">
        {keysOf(FILTERS).map((each) => (
          <Toggle key={each} on={each === filter} onClick={() => dispatch({ type: 'edits.filter', filter: each })}>
            {FILTERS[each]} <span class="amount">{amounts[each]}</span>
          </Toggle>
        ))}
      </fieldset>
    </div>
  );
}

function keysOf<Key extends string>(labels: Record<Key, string>): Key[] {
  return Object.keys(labels) as Key[];
}

function amountsOf({ byKey }: EditRows): Record<EditsFilter, number> {
  const rows = [...byKey.values()];
  const amount = (filter: EditsFilter) => rows.filter((row) => passesFilter(row, filter)).length;
  return {
    all: amount('all'),
    doubtful: amount('doubtful'),
    conflicts: amount('conflicts'),
    missing: amount('missing'),
  };
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
      return <CorrectionView flow={flow} row={item.row} dispatch={dispatch} />;
  }
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
