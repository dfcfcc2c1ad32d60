import { count, percent } from '../../shared/text.js';
import type { FailedTarget } from '../flow/frame-problems.js';
import { failedOf, groupsOf } from '../flow/preview.js';
import {
  confidenceLevel,
  evidenceLabel,
  evidenceScores,
  type PreviewGroup,
  type PreviewRow,
} from '../flow/preview-rows.js';
import type { HashedFrame } from '../flow/request.js';
import type { Flow, FlowEvent, PreviewState } from '../flow/state.js';
import { Button, IconButton, Notice, ProblemNotice, Screen } from './components.js';
import { Thumbnail } from './thumbnail.js';

interface PreviewViewProps {
  flow: Flow;
  preview: PreviewState;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** All placements by target, with a checkbox each. Nothing is written before Apply. */
export function PreviewView({ flow, preview, applying, dispatch }: PreviewViewProps) {
  const groups = groupsOf(flow, preview);
  const rows = groups.flatMap((group) => group.rows);
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
      {failedOf(preview).map((target) => (
        <FailedGroupView key={target.nodeId} target={target} dispatch={dispatch} />
      ))}
      {groups.map((group) => (
        <PreviewGroupView key={group.target.nodeId} flow={flow} preview={preview} group={group} dispatch={dispatch} />
      ))}
    </Screen>
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

interface PreviewGroupViewProps {
  flow: Flow;
  preview: PreviewState;
  group: PreviewGroup;
  dispatch: (event: FlowEvent) => void;
}

function PreviewGroupView({ flow, preview, group, dispatch }: PreviewGroupViewProps) {
  const { target, rows } = group;
  const source = preview.run.frames.find((frame) => frame.nodeId === flow.picks.source?.nodeId);
  const amount = rows.filter((row) => preview.included.has(row.key)).length;
  return (
    <section class="group" aria-label={target.name}>
      <h2>
        <span class="ellipsis" title={target.name}>
          {target.name}
        </span>
        <span class="amount">
          {amount} of {rows.length}
        </span>
      </h2>
      <ul class="rows">
        {rows.map((row) => (
          <PreviewRowView
            key={row.key}
            row={row}
            source={source}
            target={target}
            included={preview.included.has(row.key)}
            dispatch={dispatch}
          />
        ))}
      </ul>
    </section>
  );
}

interface FailedGroupViewProps {
  target: FailedTarget;
  dispatch: (event: FlowEvent) => void;
}

/** A target that failed: why, and what to do. Screen readers announce it. */
function FailedGroupView({ target: { nodeId, name, problem }, dispatch }: FailedGroupViewProps) {
  return (
    <section class="group failed" aria-label={name}>
      <h2>
        <span class="ellipsis" title={name}>
          {name}
        </span>
        <span class="badge low">Failed</span>
      </h2>
      <div class="group-problem">
        <ProblemNotice problem={problem} />
        <Button look="quiet" label={`Show “${name}”`} onClick={() => dispatch({ type: 'reveal', nodeId, box: null })}>
          Show frame
        </Button>
      </div>
    </section>
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
    <li class={isMissing ? 'row missing' : 'row'}>
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
    </li>
  );
}

const LEVEL_LABELS = { high: 'High', medium: 'Medium', low: 'Low' } as const;

function Match({ row }: { row: PreviewRow }) {
  if (row.outcome === 'none') return <span class="row-reason">No match in this frame</span>;
  const level = confidenceLevel(row.confidence);
  return (
    <>
      <span class="row-match">
        <span class={`badge ${level}`}>
          {LEVEL_LABELS[level]} {percent(row.confidence)}
        </span>
        <span class="row-detail">{row.detail}</span>
      </span>
      <span class="row-reason" title={evidenceScores(row.placement.evidence)}>
        {evidenceLabel(row.placement.evidence)}
      </span>
      {row.outcome === 'note' ? <span class="row-reason">No matching layer: adds a note on the canvas</span> : null}
    </>
  );
}
