import type { Backend } from '@samepoint/shared-protocol';
import { chooseBackend } from '../flow/build-request.js';
import type { Flow, FlowEvent } from '../flow/flow-state.js';
import { fileSize } from '../format.js';

interface BackendSectionProps {
  flow: Flow;
  dispatch: (event: FlowEvent) => void;
}

/** Which model compares the frames; shown where there is a choice. */
export function BackendSection({ flow, dispatch }: BackendSectionProps) {
  const { backends } = flow.link;
  if (backends.length < 2) return null;
  return (
    <section class="section" aria-label="Model">
      <h2>Model</h2>
      <select
        class="select"
        aria-label="Model that compares the frames"
        value={chooseBackend(backends, flow.backend)?.id}
        onChange={({ currentTarget }) => dispatch({ type: 'pick.backend', id: currentTarget.value })}
      >
        {backends.map((backend) => (
          <option key={backend.id} value={backend.id}>
            {nameOf(backend)}
          </option>
        ))}
      </select>
    </section>
  );
}

function nameOf({ title, state, download }: Backend): string {
  if (state !== 'missing') return title;
  return download === undefined
    ? `${title} (not downloaded)`
    : `${title} (download, up to ${fileSize(download.bytes)})`;
}
