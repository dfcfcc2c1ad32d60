import { useMemo } from 'preact/hooks';
import { count } from '../../shared/text.js';
import type { FailedTarget } from '../flow/frame-problems.js';
import { failedOf, groupsOf } from '../flow/preview.js';
import { evidenceLabel, evidenceScores, type PreviewGroup, type PreviewRow } from '../flow/preview-rows.js';
import type { HashedFrame } from '../flow/request.js';
import type { Flow, FlowEvent, PreviewState } from '../flow/state.js';
import { Button, ConfidenceBadge, IconButton, Notice, ProblemNotice, Screen } from './components.js';
import { FailedGroupView } from './failed-group.js';
import { Thumbnail } from './thumbnail.js';
import { type VirtualItem, VirtualList } from './virtual-list.js';

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { failed: 130, heading: 36, row: 80 } as const;

interface PreviewViewProps {
  flow: Flow;
  preview: PreviewState;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** All placements by target, with a checkbox each. Nothing is written before Apply. */
export function PreviewView({ flow, preview, applying, dispatch }: PreviewViewProps) {
  const groups = groupsOf(flow, preview);
  const rows = useMemo(() => groups.flatMap((group) => group.rows), [groups]);
  const items = useMemo(
    () => [...failedOf(preview).map(failedItem), ...groups.flatMap(groupItems)],
    [preview.run, groups],
  );
  const source = preview.run.frames.find((frame) => frame.nodeId === flow.picks.source?.nodeId);
  const amount = preview.included.size;
  return (
    <Screen
      title="Preview"
      bar={<PreviewBar rows={rows} included={preview.included} dispatch={dispatch} />}
      footer={
        <Button look="primary" wide disabled={amount === 0} busy={applying} onClick={() => dispatch({ type: 'apply' })}>
          {applying ? 'Applying…' : amount === 0 ? 'No items selected' : `Apply ${count(amount, 'item')}`}
        </Button>
      }
    >
      {preview.problem === null ? null : <ProblemNotice problem={preview.problem} />}
      {preview.run.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      <VirtualList
        label="Matches"
        items={items}
        render={(item) => <PreviewItemView item={item} source={source} preview={preview} dispatch={dispatch} />}
      />
    </Screen>
  );
}

type PreviewItem = VirtualItem &
  (
    | { kind: 'failed'; target: FailedTarget }
    | { kind: 'group'; group: PreviewGroup }
    | { kind: 'row'; row: PreviewRow; target: HashedFrame }
  );

function failedItem(target: FailedTarget): PreviewItem {
  return { kind: 'failed', key: `failed ${target.nodeId}`, target, estimatePx: HEIGHTS.failed };
}

/** A group as items of the list: its heading, and its rows. */
function groupItems(group: PreviewGroup): PreviewItem[] {
  const { target, rows } = group;
  return [
    { kind: 'group', group, key: target.nodeId, estimatePx: HEIGHTS.heading, isSticky: true, isPassive: true },
    ...rows.map((row): PreviewItem => ({ kind: 'row', row, target, key: row.key, estimatePx: HEIGHTS.row })),
  ];
}

interface PreviewItemViewProps {
  item: PreviewItem;
  source: HashedFrame | undefined;
  preview: PreviewState;
  dispatch: (event: FlowEvent) => void;
}

function PreviewItemView({ item, source, preview, dispatch }: PreviewItemViewProps) {
  switch (item.kind) {
    case 'failed':
      return <FailedGroupView target={item.target} dispatch={dispatch} />;
    case 'group':
      return <PreviewHeading group={item.group} included={preview.included} />;
    case 'row':
      return (
        <PreviewRowView
          row={item.row}
          source={source}
          target={item.target}
          included={preview.included.has(item.row.key)}
          dispatch={dispatch}
        />
      );
  }
}

function PreviewHeading({ group: { target, rows }, included }: { group: PreviewGroup; included: ReadonlySet<string> }) {
  const amount = rows.filter((row) => included.has(row.key)).length;
  return (
    <h2 class="group-heading">
      <span class="ellipsis" title={target.name}>
        {target.name}
      </span>
      <span class="amount">
        {amount} of {rows.length}
      </span>
    </h2>
  );
}

interface PreviewBarProps {
  rows: readonly PreviewRow[];
  included: ReadonlySet<string>;
  dispatch: (event: FlowEvent) => void;
}

function PreviewBar({ rows, included, dispatch }: PreviewBarProps) {
  const possible = rows.filter((row) => row.outcome !== 'none').map((row) => row.key);
  return (
    <>
      <IconButton icon="back" label="Back" onClick={() => dispatch({ type: 'back' })} />
      <h1>Preview</h1>
      <span class="bar-end">
        <Button
          look="quiet"
          disabled={included.size === possible.length}
          label="Select all"
          onClick={() => dispatch({ type: 'include', keys: possible, on: true })}
        >
          All
        </Button>
        <Button
          look="quiet"
          disabled={included.size === 0}
          label="Select none"
          onClick={() => dispatch({ type: 'include', keys: possible, on: false })}
        >
          None
        </Button>
      </span>
    </>
  );
}

interface PreviewRowViewProps {
  row: PreviewRow;
  source: HashedFrame | undefined;
  target: HashedFrame;
  included: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** One item in one target: checkbox, both thumbnails, confidence and reasons. A click zooms to it on the canvas. */
function PreviewRowView({ row, source, target, included, dispatch }: PreviewRowViewProps) {
  const { key, label, outcome } = row;
  const isMissing = outcome === 'none';
  return (
    <div class={isMissing ? 'row missing' : 'row'}>
      <input
        type="checkbox"
        checked={included}
        disabled={isMissing}
        aria-label={`Apply “${label}” to “${target.name}”`}
        onChange={(event) => dispatch({ type: 'include', keys: [key], on: event.currentTarget.checked })}
      />
      <button
        type="button"
        class="row-main"
        title={`Zoom to it in “${target.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: row.targetId, box: row.targetBox })}
      >
        <span class="pair">
          <Thumbnail frame={source} box={row.sourceBox} label={`“${label}” in the source`} />
          <Thumbnail frame={target} box={row.targetBox} label={`“${label}” in “${target.name}”`} />
        </span>
        <span class="row-text">
          <span class="row-label">{label}</span>
          <Match row={row} />
        </span>
      </button>
    </div>
  );
}

function Match({ row }: { row: PreviewRow }) {
  if (row.outcome === 'none') return <span class="row-reason">No match in this frame</span>;
  return (
    <>
      <span class="row-match">
        <ConfidenceBadge confidence={row.confidence} />
        <span class="row-detail">{row.detail}</span>
      </span>
      <span class="row-reason" title={evidenceScores(row.placement.evidence)}>
        {evidenceLabel(row.placement.evidence)}
      </span>
      {row.outcome === 'note' ? <span class="row-reason">No matching layer: adds a note on the canvas</span> : null}
    </>
  );
}
