import type { Backend } from '@samepoint/shared-protocol';
import type { ComponentChildren } from 'preact';
import type { Picks, Problem } from '../../shared/messages.js';
import { proposePicks } from '../../shared/propose-picks.js';
import { count, fileSize } from '../../shared/text.js';
import { COMMAND_FLOWS, type PickKind } from '../flow/commands.js';
import { scaleNotes } from '../flow/parts.js';
import { missingPick } from '../flow/pick.js';
import { hasPicks } from '../flow/picks.js';
import { chooseBackend } from '../flow/request.js';
import type { Flow, FlowEvent } from '../flow/state.js';
import { Button, ProblemNotice, Screen } from './components.js';
import { AfterList, OverlayList, type SectionProps, SourceList, TargetList } from './pick-frames.js';
import { LayerList } from './pick-layers.js';
import { NoRecordingView, RecordingList } from './pick-recording.js';
import { OutputChoice, RegionList, SequenceList } from './track/track-pick.js';

interface PickViewProps {
  flow: Flow;
  problem: Problem | null;
  dispatch: (event: FlowEvent) => void;
  /** The connection state. */
  status: { label: string; online: boolean };
}

/** The first screen: source, targets and, for layers, the layers to transfer. */
export function PickView({ flow, problem, dispatch, status }: PickViewProps) {
  const missing = missingPick(flow);
  const { title, picks, action = 'Find matches' } = COMMAND_FLOWS[flow.command];
  if (picks.includes('recording') && flow.recordings.length === 0) return <NoRecordingView dispatch={dispatch} />;
  return (
    <Screen
      title={title}
      bar={<PickBar title={title} flow={flow} dispatch={dispatch} />}
      footer={
        <>
          <p class="footer-text" id="start-status">
            <span class={status.online ? 'dot online' : 'dot'} aria-hidden="true" />
            <span class="ellipsis">{status.online ? (missing ?? status.label) : status.label}</span>
          </p>
          <Button
            look="primary"
            wide
            disabled={missing !== null || !status.online}
            describedBy="start-status"
            onClick={() => dispatch({ type: 'start', jobId: randomId() })}
          >
            {action}
          </Button>
        </>
      }
    >
      {problem === null ? null : <ProblemNotice problem={problem} />}
      <Proposal flow={flow} dispatch={dispatch} />
      {picks.map((kind) => {
        const List = LISTS[kind];
        return <List key={kind} flow={flow} dispatch={dispatch} />;
      })}
      <PartsNote flow={flow} />
      <BackendSection flow={flow} dispatch={dispatch} />
    </Screen>
  );
}

function PickBar({ title, flow, dispatch }: SectionProps & { title: string }) {
  return (
    <>
      <h1>{title}</h1>
      {hasPicks(flow.picks) ? (
        <div class="bar-end">
          <Button look="quiet" label="Clear all picks" onClick={() => dispatch({ type: 'pick.clear' })}>
            Clear
          </Button>
        </div>
      ) : null}
    </>
  );
}

/** While nothing is picked: picks all by the roles that the selection proposes. */
function Proposal({ flow, dispatch }: SectionProps) {
  const picks = flow.picks.source === null ? proposePicks(flow.command, flow.selection) : null;
  if (picks === null || picks.source === null) return null;
  return (
    <section class="section" aria-label="Proposal">
      <Button wide onClick={() => dispatch({ type: 'pick.all', picks })}>
        <span class="ellipsis">{proposalLabel(picks.source.name, picks)}</span>
      </Button>
      <p class="secondary-text">You can change each of them afterwards.</p>
    </section>
  );
}

function proposalLabel(source: string, { after, targets }: Picks): string {
  if (after !== null) return `Compare “${source}” with “${after.name}”`;
  const [only] = targets;
  const names = targets.length === 1 && only !== undefined ? `“${only.name}”` : count(targets.length, 'frame');
  return `From “${source}” to ${names}`;
}

/** 128 random bits in hex. `crypto.randomUUID` is missing in iframes without a secure context. */
function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const LISTS: Record<PickKind, (props: SectionProps) => ComponentChildren> = {
  recording: RecordingList,
  source: SourceList,
  after: AfterList,
  layers: LayerList,
  overlays: OverlayList,
  targets: TargetList,
  sequence: SequenceList,
  regions: RegionList,
  output: OutputChoice,
};

/** What large frames and long runs mean, before anything is exported. */
function PartsNote({ flow: { command, picks } }: Pick<SectionProps, 'flow'>) {
  const { source, targets } = picks;
  // a sequence is one job without layers
  const notes = source === null || command === 'track-frames' ? [] : scaleNotes(source, targets);
  return notes.length === 0 ? null : (
    <section class="section" aria-label="Size of the run">
      {notes.map((note) => (
        <p key={note} class="secondary-text">
          {note}
        </p>
      ))}
    </section>
  );
}

/** The model that compares the frames; shown if the daemon offers more than one. */
export function BackendSection({ flow, dispatch }: SectionProps) {
  const { backends } = flow.daemon;
  if (backends.length < 2) return null;
  return (
    <section class="section" aria-label="Model">
      <h2>Model</h2>
      <select
        class="select"
        aria-label="Model for comparing frames"
        value={chooseBackend(backends, flow.preferences.backend)?.id}
        onChange={({ currentTarget }) =>
          dispatch({ type: 'preferences', preferences: { backend: currentTarget.value } })
        }
      >
        {backends.map((backend) => (
          <option key={backend.id} value={backend.id}>
            {backendLabel(backend)}
          </option>
        ))}
      </select>
    </section>
  );
}

function backendLabel({ title, state, download }: Backend): string {
  if (state !== 'missing') return title;
  return download === undefined ? `${title} (not downloaded)` : `${title} (up to ${fileSize(download.bytes)} download)`;
}
