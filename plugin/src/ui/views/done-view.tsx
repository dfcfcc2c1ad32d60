import { groupsOf } from '../flow/flow-preview.js';
import type { Flow, FlowEvent, Step } from '../flow/flow-state.js';
import { summaryLines } from '../flow/summary-lines.js';
import { Button } from './button.js';
import { ProblemNotice } from './notice.js';
import { Picture } from './picture.js';
import { Screen } from './screen.js';

interface DoneViewProps {
  flow: Flow;
  step: Extract<Step, { name: 'done' }>;
  dispatch: (event: FlowEvent) => void;
}

/** What was written, what was not and why, and a way to take it back. */
export function DoneView({ flow, step, dispatch }: DoneViewProps) {
  if (step.undo === 'done') return <UndoneView dispatch={dispatch} />;
  const { summary } = step;
  const skipped = skippedRows(flow, step);
  const nothingWritten = summary.created + summary.updated + summary.notes === 0 && skipped.length > 0;
  return (
    <Screen
      title="Done"
      footer={
        <div class="footer-row">
          {step.undo === 'pointless' ? null : (
            <Button wide busy={step.undo === 'asked'} onClick={() => dispatch({ type: 'undo' })}>
              Undo
            </Button>
          )}
          <Button look="primary" wide onClick={() => dispatch({ type: 'close' })}>
            Done
          </Button>
        </div>
      }
    >
      {step.problem === null ? null : <ProblemNotice problem={step.problem} />}
      <div class="message">
        <Picture name={nothingWritten ? 'warning' : 'done'} />
        <h1>{nothingWritten ? 'Nothing was transferred' : 'Transferred'}</h1>
        {summaryLines(flow.command, summary).map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {skipped.length === 0 ? null : (
        <section class="section" aria-label="Skipped">
          <h2>
            Skipped <span class="amount">{skipped.length}</span>
          </h2>
          <ul class="skipped">
            {skipped.map(({ key, label, where, reason }) => (
              <li key={key}>
                <span class="row-label">{label}</span>
                <span class="row-detail">{where}</span>
                <span class="row-why">{reason}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Screen>
  );
}

function UndoneView({ dispatch }: { dispatch: (event: FlowEvent) => void }) {
  return (
    <Screen
      title="Undone"
      footer={
        <Button look="primary" wide onClick={() => dispatch({ type: 'back' })}>
          Back to the preview
        </Button>
      }
    >
      <div class="message">
        <Picture name="undo" />
        <h1>Undone</h1>
        <p>The frames are as they were before.</p>
      </div>
    </Screen>
  );
}

function skippedRows(flow: Flow, step: DoneViewProps['step']) {
  const rows = groupsOf(flow, step.preview).flatMap((group) =>
    group.rows.map((row) => ({ ...row, targetName: group.target.name })),
  );
  return step.summary.skipped.map(({ targetId, itemId, reason }) => {
    const key = `${targetId} ${itemId}`;
    const row = rows.find((candidate) => candidate.key === key);
    return { key, label: row?.label ?? itemId, where: row?.targetName ?? '', reason };
  });
}
