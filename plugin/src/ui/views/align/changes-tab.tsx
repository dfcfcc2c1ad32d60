import { useMemo, useState } from 'preact/hooks';
import { describeEdit } from '../../../edits/describe-edit.js';
import type { Edit } from '../../../edits/edit.js';
import {
  type ChangeFilter,
  type ChangeGroup,
  changeAmounts,
  changeGroups,
  changesAsText,
  changesSummary,
  filterChanges,
  usefulFilters,
} from '../../flow/align/align-changes.js';
import type { AlignRun, LayerChanges } from '../../flow/align/align-state.js';
import type { Difference } from '../../flow/edits/edits-difference.js';
import { shownValue } from '../../flow/edits/edits-values.js';
import { confidenceLevel } from '../../flow/preview/confidence.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, ConfidenceBadge, Notice, ProblemNotice, ProgressBar } from '../components.js';
import { ChangeView } from '../edits/edits-parts.js';
import { ToggleGroup } from '../preview/controls.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';
import { jobProgress } from '../work-view.js';
import { copyText } from './copy-text.js';

/** Expected heights in CSS pixels: of a layer without changes, and of one change. */
const HEIGHTS = { group: 41, change: 20 } as const;

interface ChangesTabProps {
  versions: AlignRun;
  changes: LayerChanges;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** What changed, as a list of layers. */
export function ChangesTab({ versions, changes, connected, dispatch }: ChangesTabProps) {
  switch (changes.state) {
    case 'comparing': {
      const { label, fraction } = jobProgress(changes.job, connected, 'Sending the frames…');
      return (
        <>
          <h2>Comparing the layers</h2>
          <ProgressBar label={label} fraction={fraction} />
        </>
      );
    }
    case 'none':
      return (
        <Notice tone="info">
          <strong>{changes.problem.message}</strong> {changes.problem.hint}
        </Notice>
      );
    case 'failed':
      return (
        <>
          <ProblemNotice problem={changes.problem} />
          <div class="compare-controls">
            <Button onClick={() => dispatch({ type: 'retry' })}>Compare the layers again</Button>
          </div>
        </>
      );
    case 'listed':
      return <ChangesList versions={versions} difference={changes.difference} dispatch={dispatch} />;
  }
}

interface ListProps {
  versions: AlignRun;
  difference: Difference;
  dispatch: (event: FlowEvent) => void;
}

type Item = VirtualItem & { group: ChangeGroup };

function ChangesList({ versions, difference, dispatch }: ListProps) {
  const [filter, setFilter] = useState<ChangeFilter>('all');
  const all = useMemo(() => changeGroups(difference), [difference]);
  const items = useMemo(() => filterChanges(all, filter).map(listed), [all, filter]);
  if (all.length === 0) {
    return (
      <Notice tone="info">
        <strong>No layer differs.</strong> The layers of both frames have the same properties.
      </Notice>
    );
  }
  const groups = items.map(({ group }) => group);
  return (
    <>
      {versions.run.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      <ChangesTools {...{ versions, difference, groups, filter }} onFilter={setFilter} />
      <VirtualList
        label="Changed layers"
        items={items}
        render={({ group }) => <GroupView group={group} difference={difference} dispatch={dispatch} />}
      />
    </>
  );
}

function listed(group: ChangeGroup): Item {
  return { group, key: group.layerId, estimatePx: HEIGHTS.group + HEIGHTS.change * group.edits.length };
}

const FILTERS: Record<ChangeFilter, string> = {
  all: 'All',
  text: 'Text',
  look: 'Look',
  layout: 'Layout',
  component: 'Component',
  structure: 'Added, removed, moved',
};

interface ToolsProps extends Omit<ListProps, 'dispatch'> {
  /** Those that are listed. */
  groups: readonly ChangeGroup[];
  filter: ChangeFilter;
  onFilter: (filter: ChangeFilter) => void;
}

/** The summary, the filter, and the list as text. */
function ChangesTools({ versions: { before, after }, difference, groups, filter, onFilter }: ToolsProps) {
  const [copied, setCopied] = useState<'' | 'Copied.' | 'The browser doesn’t allow copying.'>('');
  const amounts = useMemo(() => changeAmounts(difference), [difference]);
  function copy(): void {
    const text = changesAsText(difference, groups, { before: before.name, after: after.name });
    setCopied(copyText(text) ? 'Copied.' : 'The browser doesn’t allow copying.');
  }
  function choose(next: ChangeFilter): void {
    setCopied('');
    onFilter(next);
  }
  return (
    <div class="changes-tools">
      <p class="changes-summary">
        <strong>{changesSummary(groups)}</strong>
        <span class="secondary-text" role="status">
          {copied}
        </span>
        <Button onClick={copy}>Copy as text</Button>
      </p>
      <ToggleGroup
        label="Show"
        keys={usefulFilters(amounts)}
        chosen={filter}
        render={(each) => (
          <>
            {FILTERS[each]} <span class="amount">{amounts[each]}</span>
          </>
        )}
        onChoose={choose}
      />
    </div>
  );
}

interface GroupProps {
  group: ChangeGroup;
  difference: Difference;
  dispatch: (event: FlowEvent) => void;
}

/** A layer with its changes. */
function GroupView({ group, difference, dispatch }: GroupProps) {
  const { name, type, edits, nodeId, isRemoved, confidence } = group;
  return (
    <div class="changed-layer">
      <div class="changed-heading">
        <strong class="ellipsis" title={name}>
          <bdi>{name}</bdi>
        </strong>
        <span class="secondary-text">{type}</span>
        {confidenceLevel(confidence) !== 'high' ? <ConfidenceBadge confidence={confidence} /> : null}
        <Button
          look="quiet"
          label={isRemoved ? `Show before: “${name}”` : `Show “${name}”`}
          onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}
        >
          {isRemoved ? 'Show before' : 'Show'}
        </Button>
      </div>
      <ul class="changed-properties">
        {edits.map((edit) => (
          <EditLine key={edit.editId} edit={edit} difference={difference} />
        ))}
      </ul>
    </div>
  );
}

function EditLine({ edit, difference: { base, ours } }: { edit: Edit; difference: Difference }) {
  const { what, before, after } = describeEdit(edit, base, ours);
  const plain = (text: string) => ({ colours: [], text });
  const change =
    edit.kind === 'set'
      ? {
          before: shownValue(edit.property, edit.before, base),
          after: shownValue(edit.property, edit.after, ours),
        }
      : { before: before === '' || after === '' ? null : plain(before), after: plain(after || before) };
  return (
    <li>
      <span class="changed-what">{what}</span> <ChangeView change={change} />
    </li>
  );
}
