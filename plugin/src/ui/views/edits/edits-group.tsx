import { describeEdit } from '../../../edits/describe-edit.js';
import { count } from '../../../shared/text.js';
import { choiceOf, groupChoice, switchedRows } from '../../flow/edits/edits-choices.js';
import { type Choice, type EditGroup, operationsOf } from '../../flow/edits/edits-rows.js';
import type { EditsPreview } from '../../flow/edits/edits-state.js';
import { shownValue } from '../../flow/edits/edits-values.js';
import type { FlowEvent } from '../../flow/state.js';
import { Toggle } from '../preview/controls.js';
import { GroupHeading } from '../preview/group-heading.js';
import { ChangeView } from './edits-parts.js';

interface EditGroupViewProps {
  preview: EditsPreview;
  group: EditGroup;
  isOpen: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Kinds with one checkbox for all rows. */
const SWITCHED: ReadonlySet<EditGroup['kind']> = new Set(['change', 'kept', 'taken-back', 'frame']);

/** The heading of a group: what is edited, in how many frames, and a switch for all of its rows. */
export function EditGroupView({ preview, group, isOpen, dispatch }: EditGroupViewProps) {
  const { key, kind, title } = group;
  const amount = amountText(preview, group);
  const keys = switchedRows(group).map((row) => row.key);
  const isSwitched = SWITCHED.has(kind) && keys.length > 0;
  return (
    <GroupHeading
      title={title}
      checked={isSwitched ? groupChoice(preview, preview, group) : null}
      switchLabel={kind === 'frame' ? `All changes in “${title}”` : `${title}, ${amount}`}
      onSwitch={(on) => dispatch({ type: 'edits.choose', keys, choice: on ? 'ours' : 'off' })}
      amount={amount}
      isOpen={isOpen}
      onClick={() => dispatch({ type: 'edits.expand', key, on: !isOpen })}
      extra={kind === 'conflict' ? <ConflictSwitch preview={preview} group={group} dispatch={dispatch} /> : null}
    >
      <GroupChange preview={preview} group={group} />
    </GroupHeading>
  );
}

type GroupPartProps = Omit<EditGroupViewProps, 'isOpen'>;

/** What the edit changed in the source. */
function GroupChange({ preview: { base, ours }, group: { edit } }: { preview: EditsPreview; group: EditGroup }) {
  if (edit === null) return null;
  if (edit.kind === 'set') {
    const before = shownValue(edit.property, edit.before, base);
    const after = shownValue(edit.property, edit.after, ours);
    return <ChangeView change={{ before, after }} />;
  }
  const { before, after } = describeEdit(edit, base, ours);
  if (before === '' && after === '') return null;
  const shown = before === '' ? null : { colours: [], text: before };
  return <ChangeView change={{ before: shown, after: { colours: [], text: after } }} />;
}

/** `in 17 of 19 frames`, or `14 of 20 edits selected` for a frame. */
function amountText(preview: EditsPreview, { kind, rows }: EditGroup): string {
  if (kind !== 'frame') return `in ${rows.length} of ${count(preview.targets.length, 'frame')}`;
  const on = rows.filter((row) => choiceOf(preview, preview, row) !== 'off').length;
  return `${on} of ${count(rows.length, 'edit')} selected`;
}

const CONFLICT_CHOICES: Record<Choice, string> = {
  off: 'Keep all',
  ours: 'Replace all',
  proposal: 'Use proposed colors',
};

/** One choice for all conflicts of a group. */
function ConflictSwitch({ preview, group, dispatch }: GroupPartProps) {
  const choices = new Set(group.rows.map((row) => choiceOf(preview, preview, row)));
  const keysFor = (choice: Choice) =>
    group.rows
      .filter((row) => choice !== 'proposal' || operationsOf(row.merged).proposal !== null)
      .map((row) => row.key);
  const offered = (['off', 'ours', 'proposal'] as const).filter((choice) => keysFor(choice).length > 0);
  return (
    <fieldset class="toggle-group" aria-label={`All conflicts of “${group.title}”`}>
      {offered.map((choice) => (
        <Toggle
          key={choice}
          on={choices.size === 1 && choices.has(choice)}
          onClick={() => dispatch({ type: 'edits.choose', keys: keysFor(choice), choice })}
        >
          {CONFLICT_CHOICES[choice]}
        </Toggle>
      ))}
    </fieldset>
  );
}
