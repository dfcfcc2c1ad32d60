import { useMemo } from 'preact/hooks';
import { editsLines } from '../../../shared/text.js';
import { editRows, rowKey } from '../../flow/edits/edits-rows.js';
import type { EditsPreview, EditsState } from '../../flow/edits/edits-state.js';
import type { FlowEvent } from '../../flow/state.js';
import { ResultScreen, UndoneView } from '../done-view.js';
import { VirtualList } from '../virtual-list.js';

interface EditsDoneViewProps {
  state: Extract<EditsState, { name: 'edits-done' }>;
  dispatch: (event: FlowEvent) => void;
}

const SKIPPED_PX = 56;

/** The result of Apply: what was written, what was skipped and why, and an undo button. */
export function EditsDoneView({ state, dispatch }: EditsDoneViewProps) {
  const { preview, summary, undo } = state;
  const skipped = useMemo(() => skippedItems(preview, summary.skipped), [preview, summary]);
  if (undo === 'done') return <UndoneView dispatch={dispatch} />;
  const { written } = summary;
  return (
    <ResultScreen
      result={state}
      summary={summary}
      isEmpty={written === 0}
      heading={written === 0 ? 'Nothing transferred' : 'Transfer complete'}
      lines={editsLines(summary)}
      dispatch={dispatch}
    >
      {skipped.length === 0 ? null : (
        <section class="section" aria-label="Skipped">
          <h2>
            Skipped <span class="amount">{skipped.length}</span>
          </h2>
          <VirtualList
            label="Skipped edits"
            items={skipped}
            render={({ label, name, reason }) => (
              <div class="skipped-edit">
                <span class="row-label">
                  <bdi>{label}</bdi>
                </span>
                <span class="row-detail">{name}</span>
                <span class="row-reason">{reason}</span>
              </div>
            )}
          />
        </section>
      )}
    </ResultScreen>
  );
}

function skippedItems(preview: EditsPreview, skipped: EditsDoneViewProps['state']['summary']['skipped']) {
  const { byKey } = editRows(preview);
  const item = (key: string, label: string, name: string, reason: string) => {
    return { key, estimatePx: SKIPPED_PX, isPassive: true, label, name, reason };
  };
  return [
    ...skipped.map(({ targetId, editId, reason }) => {
      const key = rowKey(targetId, editId);
      const row = byKey.get(key);
      return item(key, row?.label ?? editId, row?.target.frame.name ?? '', reason);
    }),
    ...preview.failed.map(({ nodeId, name, problem }) => item(nodeId, 'All edits', name, problem.message)),
  ];
}
