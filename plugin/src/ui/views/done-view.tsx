import type { ComponentChildren } from 'preact';
import type { Problem } from '../../shared/messages.js';
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
    <ResultScreen
      result={state}
      summary={summary}
      isEmpty={nothingWritten}
      heading={nothingWritten ? 'Nothing transferred' : 'Transfer complete'}
      lines={summaryLines(flow.command, summary)}
      dispatch={dispatch}
    >
      <SkippedList rows={skipped} />
    </ResultScreen>
  );
}

interface ResultScreenProps {
  result: { undo: UndoState; problem: Problem | null };
  /** What Done selects, and sentences about what was written. */
  summary?: { made?: readonly string[]; notices?: readonly string[] };
  /** Nothing was written. */
  isEmpty: boolean;
  heading: string;
  lines: readonly string[];
  dispatch: (event: FlowEvent) => void;
  children: ComponentChildren;
}

/** What a run wrote, and an undo button. */
export function ResultScreen({ result, summary = {}, isEmpty, heading, lines, dispatch, children }: ResultScreenProps) {
  const { undo, problem } = result;
  return (
    <Screen title="Done" footer={<UndoFooter undo={undo} made={summary.made} dispatch={dispatch} />}>
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <div class="message">
        <Illustration name={isEmpty ? 'warning' : 'done'} />
        <h1>{heading}</h1>
        {lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      <SummaryNotices summary={summary} />
      {children}
    </Screen>
  );
}

/** Sentences about what was written. */
function SummaryNotices({ summary: { notices = [] } }: { summary: { notices?: readonly string[] } }) {
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
function UndoFooter({ undo, made = [], dispatch }: UndoFooterProps) {
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

interface UndoneViewProps {
  heading?: string;
  text?: string;
  back?: string;
  dispatch: (event: FlowEvent) => void;
}

/** After Undo: the way back. */
export function UndoneView({
  heading = 'Transfer undone',
  text = 'The frames are as they were before.',
  back = 'Back to preview',
  dispatch,
}: UndoneViewProps) {
  return (
    <Screen
      title="Undone"
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'back' })}>
          {back}
        </Button>
      }
    >
      <div class="message">
        <Illustration name="undo" />
        <h1>{heading}</h1>
        <p>{text}</p>
      </div>
    </Screen>
  );
}

interface SkippedRow {
  key: string;
  label: string;
  targetName?: string;
  reason: string;
}

/** What was not written, and why; nothing without rows. */
export function SkippedList({ heading = 'Skipped', rows }: { heading?: string; rows: readonly SkippedRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section class="section" aria-label={heading}>
      <h2>
        {heading} <span class="amount">{rows.length}</span>
      </h2>
      <ul class="skipped">
        {rows.map(({ key, label, targetName, reason }) => (
          <li key={key}>
            <span class="row-label">{label}</span>
            {targetName === undefined ? null : <span class="row-detail">{targetName}</span>}
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
