import { useEffect, useRef } from 'preact/hooks';
import { percent, similarity } from '../../../shared/text.js';
import { matchOf } from '../../flow/inspect/inspect-actions.js';
import type { InspectOpen, MatchRef, NoteDraft } from '../../flow/inspect/inspect-state.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button } from '../components.js';

interface MatchRowProps {
  open: InspectOpen;
  match: MatchRef;
  isChosen: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** One match: how similar it is, the layer under it, and what can be done with it. */
export function MatchRow({ open, match, isChosen, dispatch }: MatchRowProps) {
  const found = matchOf(open, match);
  const score = open.results.get(match.targetId)?.matches[match.rank];
  if (found === null || score === undefined) return null;
  const { target, layer } = found;
  const name = layer?.name ?? target.name;
  const where = `match ${match.rank + 1} in “${target.name}”`;
  const choose = () => {
    if (!isChosen) dispatch({ type: 'inspect.choose', match });
  };
  const note = isSame(open.note?.match ?? null, match) ? open.note : null;
  const row = useFocusAfterNote(note !== null);
  return (
    <div ref={row} class={isChosen ? 'match-row chosen' : 'match-row'} onFocusIn={choose} onPointerDown={choose}>
      <div class="match-main">
        <span class="match-number" aria-hidden="true">
          {match.rank + 1}
        </span>
        <span class="row-text">
          <span class="row-label ellipsis" title={name}>
            {name}
          </span>
          <span class="row-detail">
            Similarity {similarity(score.similarity)} · confidence {percent(score.confidence)}
          </span>
        </span>
        <Button
          look="quiet"
          label={`Select layer “${name}”, ${where}, similarity ${similarity(score.similarity)}, confidence ${percent(score.confidence)}`}
          onClick={() => dispatch({ type: 'inspect.select', match })}
        >
          Select layer
        </Button>
        <Button
          look="quiet"
          label={`Put a note at ${where}`}
          onClick={() => dispatch({ type: 'inspect.note', match: note === null ? match : null })}
        >
          Note…
        </Button>
      </div>
      {note === null ? null : <NoteForm note={note} where={where} dispatch={dispatch} />}
    </div>
  );
}

/** Puts the focus back on the row's last button when its note closes. */
function useFocusAfterNote(hasNote: boolean) {
  const row = useRef<HTMLDivElement>(null);
  const had = useRef(hasNote);
  useEffect(() => {
    if (had.current && !hasNote) [...(row.current?.querySelectorAll('button') ?? [])].at(-1)?.focus();
    had.current = hasNote;
  }, [hasNote]);
  return row;
}

function isSame(one: MatchRef | null, other: MatchRef): boolean {
  return one !== null && one.targetId === other.targetId && one.rank === other.rank;
}

interface NoteFormProps {
  note: NoteDraft;
  where: string;
  dispatch: (event: FlowEvent) => void;
}

/** The text of a note. Enter places it, Shift and Enter starts a new line. */
function NoteForm({ note, where, dispatch }: NoteFormProps) {
  const text = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    text.current?.select();
    text.current?.form?.scrollIntoView({ block: 'nearest' });
  }, []);
  const place = () => dispatch({ type: 'inspect.place-note' });
  return (
    <form
      class="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        place();
      }}
    >
      <textarea
        ref={text}
        class="note-text"
        rows={2}
        aria-label={`Note at ${where}`}
        value={note.text}
        onInput={({ currentTarget }) => dispatch({ type: 'inspect.note-text', text: currentTarget.value })}
        onKeyDown={(event) => {
          // the arrow keys move in the text, not in the list
          if (event.key !== 'Escape') event.stopPropagation();
          if (event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          place();
        }}
      />
      <div class="note-buttons">
        <Button onClick={() => dispatch({ type: 'inspect.note', match: null })}>Cancel</Button>
        <Button look="primary" busy={note.isPlacing} disabled={note.text.trim() === ''} onClick={place}>
          Place note
        </Button>
      </div>
    </form>
  );
}
