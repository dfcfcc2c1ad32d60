import { useState } from 'preact/hooks';
import type { RecordingSummary } from '../../shared/messages.js';
import { age } from '../../shared/text.js';
import type { FlowEvent } from '../flow/state.js';
import { Button, IconButton, MessageScreen } from './components.js';
import type { SectionProps } from './pick-frames.js';

/** Without a recording there is nothing to transfer: how to make one. */
export function NoRecordingView({ dispatch }: { dispatch: (event: FlowEvent) => void }) {
  return (
    <MessageScreen
      illustration="versions"
      title="No recorded edits"
      message="Samepoint transfers what you change in a frame after recording starts."
      action={{ label: 'Close', onClick: () => dispatch({ type: 'close' }) }}
    >
      <ol class="instructions">
        <li>Select one frame.</li>
        <li>Run “Record edits on this frame” from the Samepoint menu.</li>
        <li>Edit the frame as usual.</li>
        <li>Run “Transfer recorded edits…” and choose the frames that get the same edits.</li>
      </ol>
      <p class="secondary-text">
        If you have edited a copy already, run “Transfer difference between two frames…” instead.
      </p>
    </MessageScreen>
  );
}

/** The recordings, newest first. Recordings of deleted frames can only be removed. */
export function RecordingList({ flow, dispatch }: SectionProps) {
  const recordings = [...flow.recordings].sort((one, other) => other.recordedAt - one.recordedAt);
  return (
    <section class="section" aria-label="Recorded edits">
      <h2>
        Recorded edits
        {recordings.length > 1 ? <span class="amount">{recordings.length}</span> : null}
      </h2>
      <ul class="cards">
        {recordings.map((recording) => (
          <RecordingCard
            key={recording.nodeId}
            recording={recording}
            chosen={flow.picks.source?.nodeId === recording.nodeId}
            dispatch={dispatch}
          />
        ))}
      </ul>
    </section>
  );
}

interface RecordingCardProps {
  recording: RecordingSummary;
  chosen: boolean;
  dispatch: (event: FlowEvent) => void;
}

function RecordingCard({ recording, chosen, dispatch }: RecordingCardProps) {
  const { nodeId, frame, recordedAt } = recording;
  const [isAsking, setIsAsking] = useState(false);
  const name = frame?.name ?? recording.name;
  const blocked = frame === null ? 'The frame was deleted.' : frame.blocked;
  const choose = () => {
    if (frame === null) return;
    dispatch({ type: 'pick.source', frame });
    dispatch({ type: 'reveal', nodeId, box: null });
  };
  const remove = () => dispatch({ type: 'delete-recording', nodeId });
  if (isAsking) return <DeleteQuestion name={name} onDelete={remove} onKeep={() => setIsAsking(false)} />;
  return (
    <li class="card">
      <label class="card-main choice">
        <input type="radio" name="recording" checked={chosen} disabled={frame === null} onChange={choose} />
        <span class="card-text">
          <span class="card-name">{name}</span>
          <span class={blocked === null ? 'card-detail' : 'card-detail danger-text'}>
            {blocked ?? `Recorded ${age(Date.now() - recordedAt)}`}
          </span>
        </span>
      </label>
      <IconButton
        icon="close"
        label={`Delete the recording of “${name}”`}
        onClick={() => (frame === null ? remove() : setIsAsking(true))}
      />
    </li>
  );
}

interface DeleteQuestionProps {
  name: string;
  onDelete: () => void;
  onKeep: () => void;
}

/** Takes the place of a card, since a deleted recording can’t be restored. */
function DeleteQuestion({ name, onDelete, onKeep }: DeleteQuestionProps) {
  return (
    <li class="card">
      <span class="card-main" role="alert">
        <span class="card-text">
          <span class="card-name">{name}</span>
          <span class="card-detail">Delete this recording?</span>
        </span>
      </span>
      <Button onClick={onKeep}>Keep</Button>
      <Button onClick={onDelete}>Delete</Button>
    </li>
  );
}
