import { useMemo, useRef, useState } from 'preact/hooks';
import { COLOUR_MAPS } from '../../../shared/messages.js';
import { percent } from '../../../shared/text.js';
import type { ConnectionEvent } from '../../connection/connection.js';
import type { InspectOpen, InspectStep } from '../../flow/inspect/inspect-state.js';
import { layerAt } from '../../flow/inspect/layer-at.js';
import type { Flow, FlowEvent } from '../../flow/state.js';
import { Button, IconButton, Notice, ProblemNotice, Screen } from '../components.js';
import { FailedView } from '../failed-view.js';
import { COLOUR_MAP_NAMES } from './colour-maps.js';
import { SourcePicture } from './source-picture.js';
import { resultsInWords, TargetList } from './target-list.js';

interface InspectViewProps {
  flow: Flow;
  state: InspectStep;
  /** The connection state. */
  status: { label: string; online: boolean };
  dispatch: (event: FlowEvent) => void;
  connect: (event: ConnectionEvent) => void;
}

/** The screens of “Inspect a point…” after the export. */
export function InspectView({ flow, state, status, dispatch, connect }: InspectViewProps) {
  if (state.step === 'open') return <OpenView flow={flow} open={state} status={status} dispatch={dispatch} />;
  return <FailedView flow={flow} failure={state} dispatch={dispatch} connect={connect} />;
}

interface OpenViewProps extends Omit<InspectViewProps, 'state' | 'connect'> {
  open: InspectOpen;
}

function OpenView({ flow, open, status, dispatch }: OpenViewProps) {
  const [zoom, setZoom] = useState(1);
  const targets = useRef<HTMLElement>(null);
  const back = () => dispatch({ type: 'back' });
  return (
    <Screen
      title="Inspect a point"
      bar={
        <>
          <IconButton icon="back" label="Back" onClick={back} />
          <h1>Inspect a point</h1>
          <HeatMapChoices flow={flow} dispatch={dispatch} />
        </>
      }
      footer={<StatusLine open={open} status={status} dispatch={dispatch} />}
    >
      <div class="inspect">
        <SourceColumn
          flow={flow}
          open={open}
          dispatch={dispatch}
          onZoom={setZoom}
          onEnter={() => targets.current?.querySelector<HTMLElement>('button[tabindex="0"]')?.focus()}
        />
        <section ref={targets} class="inspect-targets scroll" aria-label="Targets">
          <TargetList flow={flow} open={open} zoom={zoom} dispatch={dispatch} />
        </section>
      </div>
    </Screen>
  );
}

interface SourceColumnProps extends Omit<OpenViewProps, 'status'> {
  onZoom: (zoom: number) => void;
  onEnter: () => void;
}

const PLACE_ID = 'inspect-place';

function SourceColumn({ flow, open, dispatch, onZoom, onEnter }: SourceColumnProps) {
  const { run, point } = open;
  const { source } = run;
  const layer = useMemo(() => layerAt(source.layers, point), [source, point]);
  const frameWidth = flow.picks.source?.width ?? 0;
  const scale = frameWidth > 0 ? source.width / frameWidth : 1;
  const [x, y] = [Math.round(point.x / scale), Math.round(point.y / scale)];
  return (
    <section class="inspect-source" aria-label="Source">
      <h2 class="target-heading">
        <span class="ellipsis" title={source.name}>
          {source.name}
        </span>
        <span class="amount">{open.changed.has(source.nodeId) ? 'Changed since the export' : 'Source'}</span>
      </h2>
      <SourcePicture
        source={source}
        point={point}
        scale={scale}
        describedBy={PLACE_ID}
        place={
          <p id={PLACE_ID} class="inspect-words" role="status">
            <span class="inspect-coordinates">
              x {x}, y {y}
            </span>
            <span class="ellipsis" title={layer?.name}>
              {layer === null ? 'No layer' : `“${layer.name}”`}
            </span>
          </p>
        }
        dispatch={dispatch}
        onZoom={onZoom}
        onEnter={onEnter}
      />
      <p class="visually-hidden" role="status">
        {resultsInWords(open)}
      </p>
      <CarryOver flow={flow} open={open} dispatch={dispatch} />
    </section>
  );
}

function CarryOver({ flow, open, dispatch }: Omit<OpenViewProps, 'status'>) {
  const { run } = open;
  const hasTargets = flow.picks.targets.length > 0;
  const hasAnnotations = (flow.picks.source?.annotations ?? 0) > 0;
  const isSelf = run.targets.some(({ nodeId }) => nodeId === run.source.nodeId);
  return (
    <div class="carry-over">
      {hasTargets ? (
        <label class="choice">
          <input
            type="checkbox"
            checked={isSelf}
            onChange={({ currentTarget }) => dispatch({ type: 'inspect.self', on: currentTarget.checked })}
          />
          Also search the source itself
        </label>
      ) : null}
      <h2>{hasTargets ? 'Carry this over to the same targets' : 'Carry this over'}</h2>
      <div class="carry-buttons">
        <Button onClick={() => dispatch({ type: 'inspect.carry', command: 'select-matching' })}>
          Select matching layers…
        </Button>
        <Button
          disabled={!hasAnnotations}
          describedBy="carry-hint"
          onClick={() => dispatch({ type: 'inspect.carry', command: 'transfer-annotations' })}
        >
          Transfer annotations…
        </Button>
      </div>
      {hasAnnotations ? null : (
        <p class="secondary-text" id="carry-hint">
          The source has no annotations to transfer.
        </p>
      )}
    </div>
  );
}

function HeatMapChoices({ flow, dispatch }: Pick<OpenViewProps, 'flow' | 'dispatch'>) {
  const { colourMap, heatmapOpacity } = flow.preferences;
  return (
    <div class="bar-end heat-choices">
      <label>
        Heat map{' '}
        <select
          class="select"
          value={colourMap}
          onChange={({ currentTarget }) => {
            const chosen = COLOUR_MAPS.find((map) => map === currentTarget.value);
            if (chosen !== undefined) dispatch({ type: 'preferences', preferences: { colourMap: chosen } });
          }}
        >
          {COLOUR_MAPS.map((map) => (
            <option key={map} value={map}>
              {COLOUR_MAP_NAMES[map]}
            </option>
          ))}
        </select>
      </label>
      <label>
        Opacity{' '}
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(100 * heatmapOpacity)}
          aria-valuetext={percent(heatmapOpacity)}
          onInput={({ currentTarget }) =>
            dispatch({ type: 'preferences', preferences: { heatmapOpacity: Number(currentTarget.value) / 100 } })
          }
        />
      </label>
    </div>
  );
}

/** What the last action did, or what is in the way. */
function StatusLine({ open, status, dispatch }: Omit<OpenViewProps, 'flow'>) {
  const { problem, done, changed, exporting } = open;
  return (
    <div class="inspect-status">
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {changed.size === 0 && exporting === null ? null : (
        <Notice tone="info">
          {exporting === null ? 'The frames have changed since the export.' : 'Exporting the frames again…'}{' '}
          <Button look="quiet" busy={exporting !== null} onClick={() => dispatch({ type: 'inspect.export-again' })}>
            Export again
          </Button>
        </Notice>
      )}
      <p class="footer-text" role="status">
        <span class={status.online ? 'dot online' : 'dot'} aria-hidden="true" />
        <span class="ellipsis">{statusText(open, status)}</span>
        {done?.undo === 'available' ? (
          <Button look="quiet" onClick={() => dispatch({ type: 'undo' })}>
            Undo
          </Button>
        ) : null}
      </p>
    </div>
  );
}

function statusText({ done, isWaiting }: InspectOpen, { online, label }: OpenViewProps['status']): string {
  if (!online) return `${label} The point and the matches stay here.`;
  if (done !== null) return done.text;
  return isWaiting ? 'Samepoint is busy with other runs. The search goes on soon.' : label;
}
