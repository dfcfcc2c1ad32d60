import { useMemo } from 'preact/hooks';
import { count } from '../../../shared/text.js';
import type { FailedTarget } from '../../flow/frame-problems.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { keyOf, type LabelSummary, labelSummaries, lostSentence } from '../../flow/track/track-preview.js';
import type { TrackedFrame, TrackedRegion, TrackPreview } from '../../flow/track/track-state.js';
import { Button, ConfidenceBadge, IconButton, Notice, ProblemNotice, Screen } from '../components.js';
import { FailedGroupView } from '../failed-group.js';
import { Checkbox } from '../preview/controls.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';
import { TrackThumbnail } from './track-thumbnail.js';

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { failed: 150, heading: 40, row: 104 } as const;

interface PreviewProps {
  preview: TrackPreview;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Each frame with its regions, in the order of the sequence. Nothing is written before Apply. */
export function TrackPreviewView({ preview, applying, dispatch }: PreviewProps) {
  const { run, labels, included } = preview;
  const items = useMemo(() => itemsOf(preview), [preview.run, preview.frames]);
  const summaries = useMemo(() => labelSummaries(preview), [preview.run, preview.frames]);
  const names = new Map(labels.map(({ regionId, name }) => [regionId, name]));
  const amount = included.size;
  return (
    <Screen
      title="Preview"
      bar={
        <>
          <IconButton icon="back" label="Back" onClick={() => dispatch({ type: 'back' })} />
          <h1>Preview</h1>
        </>
      }
      footer={
        <Button look="primary" wide disabled={amount === 0} busy={applying} onClick={() => dispatch({ type: 'apply' })}>
          {applying ? 'Applying…' : amount === 0 ? 'Nothing selected' : `Place ${count(amount, 'region')}`}
        </Button>
      }
    >
      {preview.problem === null ? null : <ProblemNotice problem={preview.problem} />}
      {run.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      <section class="section" aria-label="Regions">
        <h2>Regions</h2>
        {summaries.map((summary) => (
          <RegionSummary key={summary.label.regionId} summary={summary} included={included} dispatch={dispatch} />
        ))}
      </section>
      <VirtualList
        label="Frames"
        items={items}
        render={(item) => {
          switch (item.kind) {
            case 'failed':
              return <FailedGroupView target={item.target} dispatch={dispatch} />;
            case 'frame':
              return <FrameHeading item={item} included={included} dispatch={dispatch} />;
            case 'region':
              return (
                <RegionRow
                  {...item}
                  name={names.get(item.region.regionId) ?? 'Region'}
                  isIncluded={included.has(item.key)}
                  dispatch={dispatch}
                />
              );
          }
        }}
      />
    </Screen>
  );
}

type Item = VirtualItem &
  (
    | { kind: 'failed'; target: FailedTarget }
    | { kind: 'frame'; frame: HashedFrame; place: number; isAnnotated: boolean; placeable: string[] }
    | { kind: 'region'; frame: HashedFrame; region: TrackedRegion; isAnnotated: boolean }
  );
type ItemOf<K extends Item['kind']> = Extract<Item, { kind: K }>;

/** The frames that failed first, then the others in the order of the sequence. */
function itemsOf({ run, frames }: TrackPreview): Item[] {
  const tracked = new Map(frames.map((one) => [one.targetId, one]));
  return [
    ...run.failed.map((target): Item => {
      return { kind: 'failed', target, key: `failed ${target.nodeId}`, estimatePx: HEIGHTS.failed };
    }),
    ...run.frames.flatMap((frame, index) => {
      const found = tracked.get(frame.nodeId);
      return found === undefined ? [] : frameItems(frame, found, index + 1, frame.nodeId === run.sourceId);
    }),
  ];
}

function frameItems(frame: HashedFrame, { regions }: TrackedFrame, place: number, isAnnotated: boolean): Item[] {
  const key = (regionId: string) => keyOf(frame.nodeId, regionId);
  const placeable = isAnnotated ? [] : regions.filter(({ mark }) => mark !== null).map(({ regionId }) => key(regionId));
  return [
    {
      ...{ kind: 'frame', frame, place, isAnnotated, placeable, key: frame.nodeId, estimatePx: HEIGHTS.heading },
      ...{ isSticky: true, isPassive: placeable.length === 0 },
    },
    ...regions.map((region): Item => {
      return { kind: 'region', frame, region, isAnnotated, key: key(region.regionId), estimatePx: HEIGHTS.row };
    }),
  ];
}

interface FrameHeadingProps {
  item: ItemOf<'frame'>;
  included: ReadonlySet<string>;
  dispatch: (event: FlowEvent) => void;
}

function FrameHeading({ item, included, dispatch }: FrameHeadingProps) {
  const { frame, place, isAnnotated, placeable } = item;
  const amount = placeable.filter((key) => included.has(key)).length;
  return (
    <h2 class="group-heading">
      {placeable.length === 0 ? null : (
        <Toggle label={`All regions in “${frame.name}”`} keys={placeable} included={included} dispatch={dispatch} />
      )}
      <span class="ellipsis" title={frame.name}>
        {place}. {frame.name}
      </span>
      <span class="amount">{isAnnotated ? 'annotated' : `${amount} of ${placeable.length}`}</span>
    </h2>
  );
}

interface ToggleProps {
  label: string;
  keys: readonly string[];
  included: ReadonlySet<string>;
  dispatch: (event: FlowEvent) => void;
}

/** A checkbox for several rows. */
function Toggle({ label, keys, included, dispatch }: ToggleProps) {
  const amount = keys.filter((key) => included.has(key)).length;
  const checked = amount > 0 && amount < keys.length ? 'mixed' : amount > 0;
  const onChange = (on: boolean) => dispatch({ type: 'include', keys, on });
  return <Checkbox label={label} checked={checked} disabled={keys.length === 0} onChange={onChange} />;
}

interface RegionSummaryProps {
  summary: LabelSummary;
  included: ReadonlySet<string>;
  dispatch: (event: FlowEvent) => void;
}

/** A region with its colour, and where it is lost. */
function RegionSummary({ summary, included, dispatch }: RegionSummaryProps) {
  const { label, found } = summary;
  const lost = lostSentence(summary);
  return (
    <div class="region-summary">
      <Toggle label={`“${label.name}” in all frames`} keys={found} included={included} dispatch={dispatch} />
      <span class="swatch" style={{ background: label.colour }} aria-hidden="true" />
      <span class="card-text">
        <span class="card-name" title={label.name}>
          {label.name}
        </span>
        <span class="card-detail">
          {lost === null ? 'Found in all frames' : `Found in ${count(found.length, 'frame')}`}
        </span>
        {lost === null ? null : <span class="warning-text">{lost}</span>}
      </span>
    </div>
  );
}

type RegionRowProps = ItemOf<'region'> & {
  name: string;
  isIncluded: boolean;
  dispatch: (event: FlowEvent) => void;
};

function RegionRow({ key: _, frame, region, isAnnotated, name, isIncluded, dispatch }: RegionRowProps) {
  const { regionId, mark, box, confidence } = region;
  const isMissing = mark === null;
  return (
    <div class={isMissing ? 'row track-row missing' : 'row track-row'}>
      <Checkbox
        checked={isIncluded || isAnnotated}
        disabled={isMissing || isAnnotated}
        label={isAnnotated ? `“${name}” is the region itself` : `Place “${name}” in “${frame.name}”`}
        onChange={(on) => dispatch({ type: 'include', keys: [keyOf(frame.nodeId, regionId)], on })}
      />
      <button
        type="button"
        class="row-main"
        data-key="Enter"
        title={`Zoom to “${frame.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: frame.nodeId, box: null })}
      >
        <TrackThumbnail frame={frame} mark={mark} box={box} label={`“${name}” in “${frame.name}”`} />
        <span class="row-text">
          <span class="row-label">{name}</span>
          <RegionState isMissing={isMissing} isAnnotated={isAnnotated} confidence={confidence} />
        </span>
      </button>
    </div>
  );
}

interface RegionStateProps {
  isMissing: boolean;
  isAnnotated: boolean;
  confidence: number;
}

function RegionState({ isMissing, isAnnotated, confidence }: RegionStateProps) {
  if (isAnnotated) return <span class="row-reason">As you drew it</span>;
  if (!isMissing) {
    return (
      <span class="row-match">
        <ConfidenceBadge confidence={confidence} />
      </span>
    );
  }
  return (
    <>
      <span class="row-match">
        <span class="badge low">Lost</span>
      </span>
      <span class="row-reason">Not found in this frame</span>
    </>
  );
}
