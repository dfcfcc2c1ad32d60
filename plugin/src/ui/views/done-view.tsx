import { summaryLines } from '../../shared/text.js';
import { failedOf, groupsOf } from '../flow/preview/preview.js';
import type { Flow, FlowEvent, StateOf, UndoState } from '../flow/state.js';
import { Button, Illustration, Notice, ProblemNotice, Screen } from './components.js';

interface DoneViewProps {
  flow: Flow;
  state: StateOf<'done'>;
  dispatch: (event: FlowEvent) => void;
}

/** The result of Apply: what was written, what was skipped and why, and an undo button. */
export function DoneView({ flow, state, dispatch }: DoneViewProps) {
  if (state.undo === 'done') return <UndoneView dispatch={dispatch} />;
  const { summary } = state;
  const skipped = skippedRows(flow, state);
  const nothingWritten = summary.created + summary.updated + summary.notes === 0 && skipped.length > 0;
  return (
    <Screen title="Done" footer={<UndoFooter undo={state.undo} made={summary.made} dispatch={dispatch} />}>
      {state.problem === null ? null : <ProblemNotice problem={state.problem} />}
      <div class="message">
        <Illustration name={nothingWritten ? 'warning' : 'done'} />
        <h1>{nothingWritten ? 'Nothing transferred' : 'Transfer complete'}</h1>
        {summaryLines(flow.command, summary).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <SummaryNotices summary={summary} />
      {skipped.length === 0 ? null : <SkippedList rows={skipped} />}
    </Screen>
  );
}

/** Sentences about what was written. */
export function SummaryNotices({ summary: { notices = [] } }: { summary: { notices?: readonly string[] } }) {
  return (
    <>
      {notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
    </>
  );
}

interface UndoFooterProps {
  undo: UndoState;
  /** What Done selects in Figma; with nothing to select it only closes. */
  made?: readonly string[] | undefined;
  dispatch: (event: FlowEvent) => void;
}

/** The buttons after Apply: Undo while it is possible, and Done. */
export function UndoFooter({ undo, made = [], dispatch }: UndoFooterProps) {
  return (
    <div class="footer-row">
      {undo === 'unavailable' ? null : (
        <Button wide busy={undo === 'pending'} onClick={() => dispatch({ type: 'undo' })}>
          Undo
        </Button>
      )}
      <Button
        look="primary"
        wide
        onClick={() => dispatch(made.length === 0 ? { type: 'close' } : { type: 'finish', nodeIds: made })}
      >
        {made.length === 0 ? 'Close' : 'Select and close'}
      </Button>
    </div>
  );
}

/** After Undo: the way back to the preview. */
export function UndoneView({ dispatch }: { dispatch: (event: FlowEvent) => void }) {
  return (
    <Screen
      title="Undone"
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'back' })}>
          Back to preview
        </Button>
      }
    >
      <div class="message">
        <Illustration name="undo" />
        <h1>Transfer undone</h1>
        <p>The frames are as they were before.</p>
      </div>
    </Screen>
  );
}

interface SkippedRow {
  key: string;
  label: string;
  targetName: string;
  reason: string;
}

function SkippedList({ rows }: { rows: readonly SkippedRow[] }) {
  return (
    <section class="section" aria-label="Skipped">
      <h2>
        Skipped <span class="amount">{rows.length}</span>
      </h2>
      <ul class="skipped">
        {rows.map(({ key, label, targetName, reason }) => (
          <li key={key}>
            <span class="row-label">{label}</span>
            <span class="row-detail">{targetName}</span>
            <span class="row-reason">{reason}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function skippedRows(flow: Flow, state: StateOf<'done'>): SkippedRow[] {
  const rows = groupsOf(flow, state.preview).flatMap((group) =>
    group.rows.map((row) => ({ ...row, targetName: group.target.name })),
  );
  const failed = failedOf(state.preview).map(({ nodeId, name, problem }) => {
    return { key: nodeId, label: 'All items', targetName: name, reason: problem.message };
  });
  const skipped = state.summary.skipped.map(({ targetId, itemId, reason }) => {
    const key = `${targetId} ${itemId}`;
    const row = rows.find((candidate) => candidate.key === key);
    return { key, label: row?.label ?? itemId, targetName: row?.targetName ?? '', reason };
  });
  return [...skipped, ...failed];
}
