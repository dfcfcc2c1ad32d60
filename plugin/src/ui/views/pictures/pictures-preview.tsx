import { useMemo } from 'preact/hooks';
import { count } from '../../../shared/text.js';
import type { FailedTarget } from '../../flow/frame-problems.js';
import type { PicturesPreview, RefusedPicture, WarpedPicture } from '../../flow/pictures/pictures-state.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, ConfidenceBadge, IconButton, Notice, ProblemNotice, Screen } from '../components.js';
import { FailedGroupView } from '../failed-group.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';
import { PictureThumbnail } from './picture-thumbnail.js';

/** Expected heights of items in CSS pixels. */
const HEIGHTS = { failed: 150, picture: 230 } as const;

interface PreviewProps {
  preview: PicturesPreview;
  applying: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** The edit of the source, and each target before and after. Nothing is written before Apply. */
export function PicturesPreviewView({ preview, applying, dispatch }: PreviewProps) {
  const { run, edit, included } = preview;
  const items = useMemo(() => itemsOf(preview), [preview.run, preview.refused, preview.pictures]);
  const frames = new Map(run.frames.map((frame) => [frame.nodeId, frame]));
  const source = frames.get(run.sourceId);
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
          {applying ? 'Applying…' : amount === 0 ? 'No pictures selected' : `Place on ${count(amount, 'picture')}`}
        </Button>
      }
    >
      {preview.problem === null ? null : <ProblemNotice problem={preview.problem} />}
      {run.notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      {source === undefined ? null : (
        <section class="group" aria-label="The edit">
          <h2 class="group-heading">
            <span class="ellipsis">Edit of “{source.name}”</span>
          </h2>
          <PicturePair frame={source} edit={{ png: edit.png, box: wholeOf(edit) }} box={edit.box} />
        </section>
      )}
      <VirtualList
        label="Pictures"
        items={items}
        render={(item) => {
          switch (item.kind) {
            case 'failed':
              return <FailedGroupView target={item.target} dispatch={dispatch} />;
            case 'refused':
              return <RefusedView refused={item.refused} frame={frames.get(item.key)} dispatch={dispatch} />;
            case 'picture':
              return (
                <PictureRow
                  picture={item.picture}
                  frame={frames.get(item.key)}
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
    | { kind: 'refused'; refused: RefusedPicture }
    | { kind: 'picture'; picture: WarpedPicture }
  );

/** Targets without an edit first, then those with one. */
function itemsOf({ run, refused, pictures }: PicturesPreview): Item[] {
  return [
    ...run.failed.map((target): Item => ({ kind: 'failed', target, key: target.nodeId, estimatePx: HEIGHTS.failed })),
    ...refused.map((one): Item => ({ kind: 'refused', refused: one, key: one.targetId, estimatePx: HEIGHTS.failed })),
    ...pictures.map((picture): Item => {
      return { kind: 'picture', picture, key: picture.targetId, estimatePx: HEIGHTS.picture };
    }),
  ];
}

function wholeOf({ width, height }: { width: number; height: number }) {
  return { x: 0, y: 0, w: width, h: height };
}

interface RowProps {
  picture: WarpedPicture;
  frame: HashedFrame | undefined;
  isIncluded: boolean;
  dispatch: (event: FlowEvent) => void;
}

function PictureRow({ picture, frame, isIncluded, dispatch }: RowProps) {
  if (frame === undefined) return null;
  const { targetId, fit, box } = picture;
  return (
    <section class="group" aria-label={frame.name}>
      <h2 class="group-heading">
        <input
          type="checkbox"
          checked={isIncluded}
          aria-label={`Place on “${frame.name}”`}
          onChange={({ currentTarget }) => dispatch({ type: 'include', keys: [targetId], on: currentTarget.checked })}
        />
        <span class="ellipsis" title={frame.name}>
          {frame.name}
        </span>
        <ConfidenceBadge confidence={fit.confidence} />
      </h2>
      <PicturePair frame={frame} edit={picture} box={box} />
      <Button
        look="quiet"
        label={`Show picture “${frame.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: targetId, box })}
      >
        Show picture
      </Button>
    </section>
  );
}

interface PairProps {
  frame: HashedFrame;
  edit: Pick<WarpedPicture, 'png' | 'box'>;
  box: WarpedPicture['box'];
}

/** Before and after, side by side. */
function PicturePair({ frame, edit, box }: PairProps) {
  return (
    <div class="picture-pair">
      <PictureThumbnail frame={frame} edit={null} box={box} label={`“${frame.name}” before`} />
      <PictureThumbnail frame={frame} edit={edit} box={box} label={`“${frame.name}” with the edit`} />
    </div>
  );
}

interface RefusedProps {
  refused: RefusedPicture;
  frame: HashedFrame | undefined;
  dispatch: (event: FlowEvent) => void;
}

/** A target that the edit does not fit. */
function RefusedView({ refused: { targetId, problem, detail }, frame, dispatch }: RefusedProps) {
  const name = frame?.name ?? 'Picture';
  return (
    <section class="group" aria-label={name}>
      <h2 class="group-heading">
        <span class="ellipsis" title={name}>
          {name}
        </span>
        <span class="badge low">No fit</span>
      </h2>
      <div class="group-problem">
        <Notice tone="info">
          <strong>{problem.message}</strong> {problem.hint}
          {detail === null ? null : (
            <details class="refusal-detail">
              <summary>Details</summary>
              {detail}
            </details>
          )}
        </Notice>
        <Button
          look="quiet"
          label={`Show picture “${name}”`}
          onClick={() => dispatch({ type: 'reveal', nodeId: targetId, box: null })}
        >
          Show picture
        </Button>
      </div>
    </section>
  );
}
