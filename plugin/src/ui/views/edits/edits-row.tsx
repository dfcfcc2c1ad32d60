import { choiceOf } from '../../flow/edits/edits-choices.js';
import { type Choice, type EditRow, obstacleSentence, operationsOf } from '../../flow/edits/edits-rows.js';
import type { EditsPreview } from '../../flow/edits/edits-state.js';
import { shownChange } from '../../flow/edits/edits-values.js';
import type { FlowEvent } from '../../flow/state.js';
import { ConfidenceBadge } from '../components.js';
import { memo } from '../memo.js';
import { Checkbox, Toggle } from '../preview/controls.js';
import { CorrectButton } from '../preview/correction-view.js';
import { Thumbnail } from '../thumbnail.js';
import { ChangeView, ValueView } from './edits-parts.js';

interface EditRowViewProps {
  preview: EditsPreview;
  row: EditRow;
  isCorrecting: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** One edit in one target: switch, picture, before and after, confidence. A click shows the layer on the canvas. */
export const EditRowView = memo(function EditRowView({ preview, row, isCorrecting, dispatch }: EditRowViewProps) {
  const { key, label, kind, target } = row;
  const { nodeId, name } = target.frame;
  const layerId = row.merged.layerId;
  return (
    <div class={kind === 'missing' || kind === 'blocked' ? 'row edit-row missing' : 'row edit-row'}>
      {kind === 'change' || kind === 'kept' || kind === 'taken-back' ? (
        <Checkbox
          checked={choiceOf(preview, preview, row) !== 'off'}
          label={`Apply “${label}” to “${name}”`}
          onChange={(on) => dispatch({ type: 'edits.choose', keys: [key], choice: on ? 'ours' : 'off' })}
        />
      ) : (
        <span class="check-space" />
      )}
      <div class="row-body">
        <button
          type="button"
          class="row-main"
          data-key="Enter"
          title={`Zoom to it in “${name}”`}
          onClick={() => dispatch({ type: 'reveal', nodeId: layerId ?? nodeId, box: null })}
        >
          <Thumbnail frame={target.frame} box={row.box} label={`“${label}” in “${name}”`} />
          <span class="row-text">
            <span class="row-label" title={preview.groupBy === 'edit' ? name : label}>
              <bdi>{preview.groupBy === 'edit' ? name : label}</bdi>
            </span>
            <RowChange preview={preview} row={row} />
          </span>
        </button>
        {kind === 'conflict' ? <ConflictChoice preview={preview} row={row} dispatch={dispatch} /> : null}
        <RowMatch preview={preview} row={row} isCorrecting={isCorrecting} dispatch={dispatch} />
      </div>
    </div>
  );
}, drawSame);

/** Whether two previews draw a row alike: rows are the same objects until their target is merged again. */
function drawSame(one: EditRowViewProps, other: EditRowViewProps): boolean {
  const { row, preview } = one;
  if (row !== other.row || one.isCorrecting !== other.isCorrecting || one.dispatch !== other.dispatch) return false;
  if (preview.groupBy !== other.preview.groupBy || preview.ours !== other.preview.ours) return false;
  const before = [preview.choices.get(row.key), choiceOf(preview, preview, row)];
  const after = [other.preview.choices.get(row.key), choiceOf(other.preview, other.preview, row)];
  return before.every((choice, index) => choice === after[index]);
}

/** What happens to the layer. */
function RowChange({ preview, row }: { preview: EditsPreview; row: EditRow }) {
  const { outcome } = row.merged;
  switch (outcome.kind) {
    case 'change':
      return (
        <>
          <ChangeView change={shownChange(preview, row, outcome.operation)} />
          <RowNeed preview={preview} row={row} />
        </>
      );
    case 'conflict':
      return <span class="row-reason">Differs from the source already</span>;
    case 'kept':
      return <span class="row-reason">Keeps “{outcome.token.name}”. Select to replace it.</span>;
    case 'blocked':
      return <span class="row-reason">{obstacleSentence(outcome.obstacle)}</span>;
    case 'missing':
      return <span class="row-reason">No matching layer in this frame</span>;
    case 'already-so':
      return null;
  }
}

/** Says why a selected row is off: it goes into a new layer that is off. */
function RowNeed({ preview, row }: { preview: EditsPreview; row: EditRow }) {
  const isChosen = preview.choices.get(row.key) === 'ours';
  if (row.needs === null || !isChosen || choiceOf(preview, preview, row) !== 'off') return null;
  return <span class="row-reason">Needs the new layer that it goes into</span>;
}

interface RowPartProps {
  preview: EditsPreview;
  row: EditRow;
  dispatch: (event: FlowEvent) => void;
}

const CONFLICT_CHOICES: Record<Choice, string> = { off: 'Keep', ours: 'Replace', proposal: 'Use proposed color' };

/** Theirs, ours and the proposal, each with its value. */
function ConflictChoice({ preview, row, dispatch }: RowPartProps) {
  const { key, label, target, merged } = row;
  const { ours, proposal } = operationsOf(merged);
  if (ours === null) return null;
  const replaced = shownChange(preview, row, ours);
  const proposed = proposal === null ? null : shownChange(preview, row, proposal).after;
  const values = { off: replaced.before, ours: replaced.after, proposal: proposed };
  const current = choiceOf(preview, preview, row);
  const offered = (['off', 'ours', 'proposal'] as const).filter(
    (choice) => choice === 'off' || values[choice] !== null,
  );
  return (
    <fieldset class="conflict" aria-label={`“${label}” in “${target.frame.name}”`}>
      {offered.map((choice) => (
        <Toggle
          key={choice}
          on={choice === current}
          onClick={() => dispatch({ type: 'edits.choose', keys: [key], choice })}
        >
          <span class="choice-label">{CONFLICT_CHOICES[choice]}</span>
          {values[choice] === null ? null : <ValueView value={values[choice]} />}
        </Toggle>
      ))}
    </fieldset>
  );
}

/** The confidence of the counterpart, and the way to correct it. */
function RowMatch({ preview, row, isCorrecting, dispatch }: RowPartProps & { isCorrecting: boolean }) {
  const { key, kind, merged, sourceLayerId } = row;
  const isRoot = sourceLayerId === preview.base.rootId;
  return (
    <span class="edit-row-match">
      {kind === 'missing' || merged.layerId === null ? null : <ConfidenceBadge confidence={merged.confidence} />}
      {isRoot || kind === 'taken-back' ? null : (
        <CorrectButton
          row={key}
          label={kind === 'missing' ? 'Choose layer' : 'Wrong layer?'}
          isCorrecting={isCorrecting}
          dispatch={dispatch}
        />
      )}
    </span>
  );
}
