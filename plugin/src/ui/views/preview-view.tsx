import { groupsOf } from '../flow/flow-preview.js';
import type { Flow, FlowEvent, Previewing } from '../flow/flow-state.js';
import type { PreviewGroup, PreviewRow } from '../flow/preview-rows.js';
import { count } from '../format.js';
import { Button, IconButton } from './button.js';
import { Notice, ProblemNotice } from './notice.js';
import { PreviewRowView } from './preview-row-view.js';
import { Screen } from './screen.js';

interface PreviewViewProps {
  flow: Flow;
  preview: Previewing;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Everything that could be applied, by target; nothing is written before the button at the bottom. */
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
          {applying ? 'Applying…' : amount === 0 ? 'Nothing included' : `Apply ${count(amount, 'item')}`}
        </Button>
      }
    >
      {preview.problem === null ? null : <ProblemNotice problem={preview.problem} />}
      {preview.work.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
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
      <IconButton icon="back" label="Back to the selection" onClick={() => dispatch({ type: 'back' })} />
      <h1>Preview</h1>
      <span class="bar-end">
        <Button
          look="quiet"
          disabled={included.size === possible.length}
          label="Include all"
          onClick={() => dispatch({ type: 'include', keys: possible, on: true })}
        >
          All
        </Button>
        <Button
          look="quiet"
          disabled={included.size === 0}
          label="Include none"
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
  preview: Previewing;
  group: PreviewGroup;
  dispatch: (event: FlowEvent) => void;
}

function PreviewGroupView({ flow, preview, group, dispatch }: PreviewGroupViewProps) {
  const { target, rows } = group;
  const source = preview.work.frames.find((frame) => frame.nodeId === flow.picks.source?.nodeId);
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
