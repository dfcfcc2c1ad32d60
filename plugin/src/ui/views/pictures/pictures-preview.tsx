import { useMemo } from 'preact/hooks';
import { count } from '../../../shared/text.js';
import type { FailedTarget } from '../../flow/frame-problems.js';
import { includedPictures } from '../../flow/pictures/pictures.js';
import type { PicturesPreview, RefusedPicture, WarpedPicture } from '../../flow/pictures/pictures-state.js';
import type { HashedFrame } from '../../flow/request.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, ConfidenceBadge, Notice } from '../components.js';
import { FailedGroupView } from '../failed-group.js';
import { GroupHeading } from '../preview/group-heading.js';
import { PreviewScreen } from '../preview/preview-screen.js';
import { PreviewTools } from '../preview/preview-tools.js';
import type { VirtualItem } from '../virtual-list.js';
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
  const { run, edit, problem, threshold } = preview;
  const items = useMemo(() => itemsOf(preview), [preview.run, preview.refused, preview.pictures]);
  const included = new Set(includedPictures(preview).map(({ targetId }) => targetId));
  const frames = new Map(run.frames.map((frame) => [frame.nodeId, frame]));
  const source = frames.get(run.sourceId);
  const keys = preview.pictures.map(({ targetId }) => targetId);
  const label = included.size === 0 ? 'No pictures selected' : `Place on ${count(included.size, 'picture')}`;
  return (
    <PreviewScreen
      title="Preview"
      problem={problem}
      notices={run.notices}
      tools={<PreviewTools threshold={threshold} dispatch={dispatch} />}
      onSwitch={(on) => dispatch({ type: 'include', keys, on })}
      apply={{ label, isEmpty: included.size === 0, isBusy: applying }}
      list={{
        label: 'Pictures',
        items,
        render: (item) => (
          <PictureItem
            item={item}
            frame={frames.get(item.key)}
            isIncluded={included.has(item.key)}
            dispatch={dispatch}
          />
        ),
      }}
      dispatch={dispatch}
    >
      {source === undefined ? null : (
        <section class="group" aria-label="The edit">
          <h2 class="group-heading">
            <span class="ellipsis">Edit of “{source.name}”</span>
          </h2>
          <PicturePair frame={source} edit={{ png: edit.png, box: wholeOf(edit) }} box={edit.box} />
        </section>
      )}
    </PreviewScreen>
  );
}

interface ItemProps {
  item: Item;
  frame: HashedFrame | undefined;
  isIncluded: boolean;
  dispatch: (event: FlowEvent) => void;
}

function PictureItem({ item, frame, isIncluded, dispatch }: ItemProps) {
  switch (item.kind) {
    case 'failed':
      return <FailedGroupView target={item.target} dispatch={dispatch} />;
    case 'refused':
      return <RefusedView refused={item.refused} frame={frame} dispatch={dispatch} />;
    case 'picture':
      return <PictureRow picture={item.picture} frame={frame} isIncluded={isIncluded} dispatch={dispatch} />;
  }
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
      <GroupHeading
        title={frame.name}
        checked={isIncluded}
        switchLabel={`Place on “${frame.name}”`}
        onSwitch={(on) => dispatch({ type: 'include', keys: [targetId], on })}
        amount={<ConfidenceBadge confidence={fit.confidence} />}
        hint={`Zoom to “${frame.name}”`}
        onClick={() => dispatch({ type: 'reveal', nodeId: targetId, box })}
      />
      <PicturePair frame={frame} edit={picture} box={box} />
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
