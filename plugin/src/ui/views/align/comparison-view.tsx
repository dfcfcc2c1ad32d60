import { useRef, useState } from 'preact/hooks';
import type { ComparedPicture } from '../../../shared/comparison.js';
import { ALIGN_TABS, type AlignResult, type AlignTab } from '../../flow/align/align-state.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, ConfidenceBadge, IconButton, Notice, ProblemNotice, Screen } from '../components.js';
import { agreementWords, differenceWords, transformWords } from './align-words.js';
import { ChangesTab } from './changes-tab.js';
import { type Aligned, DifferencesTab, FlickerTab, OverlayTab, UnalignedPictures } from './pictures-tab.js';

const TABS: Record<AlignTab, string> = {
  overlay: 'Overlay',
  flicker: 'Flicker',
  differences: 'Side by side',
  changes: 'What changed',
};

/** What each tab can place beside the frames. */
const PLACED: Partial<Record<AlignTab, ComparedPicture>> = { overlay: 'overlay', differences: 'residual' };

interface ComparisonViewProps {
  state: AlignResult;
  connected: boolean;
  dispatch: (event: FlowEvent) => void;
}

/** Two versions: on each other, in turn, side by side, and as a list of changed layers. */
export function ComparisonView({ state, connected, dispatch }: ComparisonViewProps) {
  const { versions, alignment, changes, tab } = state;
  const [opacity, setOpacity] = useState(0.5);
  const { before, after } = versions;
  const onBack = () => dispatch({ type: 'back' });
  const picture = alignment.state === 'refused' ? undefined : PLACED[tab];
  return (
    <Screen
      title="Comparison"
      bar={
        <>
          <IconButton icon="back" label="Back" onClick={onBack} />
          <h1 class="ellipsis">
            {before.name} → {after.name}
          </h1>
        </>
      }
      tools={<Tabs tab={tab} dispatch={dispatch} />}
      {...(picture === undefined ? {} : { footer: <PlaceFooter {...{ state, picture, opacity, dispatch }} /> })}
    >
      <div class={`comparison ${tab}`} role="tabpanel" id="comparison" aria-labelledby={`tab-${tab}`}>
        {state.problem === null ? null : <ProblemNotice problem={state.problem} />}
        {tab === 'changes' ? (
          <ChangesTab {...{ versions, changes, connected, dispatch }} />
        ) : alignment.state === 'refused' ? (
          <>
            <Notice tone="info">
              <strong>{alignment.problem.message}</strong> {alignment.problem.hint}
              <details class="refusal-detail">
                <summary>Details</summary>
                {alignment.detail}
              </details>
            </Notice>
            <UnalignedPictures versions={versions} />
          </>
        ) : (
          <>
            <Numbers alignment={alignment} versions={versions} />
            {tab === 'overlay' ? <OverlayTab {...{ versions, alignment, opacity }} onOpacity={setOpacity} /> : null}
            {tab === 'flicker' ? <FlickerTab {...{ versions, alignment }} /> : null}
            {tab === 'differences' ? <DifferencesTab {...{ versions, alignment }} /> : null}
          </>
        )}
      </div>
    </Screen>
  );
}

/** One tab stop; the left and right arrows choose. */
function Tabs({ tab, dispatch }: { tab: AlignTab; dispatch: (event: FlowEvent) => void }) {
  const list = useRef<HTMLDivElement>(null);
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = ALIGN_TABS[(ALIGN_TABS.indexOf(tab) + step + ALIGN_TABS.length) % ALIGN_TABS.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    dispatch({ type: 'align.tab', tab: next });
    list.current?.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  }
  return (
    <div ref={list} class="tabs" role="tablist" aria-label="Comparison" onKeyDown={onKeyDown}>
      {ALIGN_TABS.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`tab-${each}`}
          class="tab"
          aria-selected={each === tab}
          aria-controls="comparison"
          tabIndex={each === tab ? 0 : -1}
          onClick={() => dispatch({ type: 'align.tab', tab: each })}
        >
          {TABS[each]}
        </button>
      ))}
    </div>
  );
}

function Numbers({ alignment, versions }: { alignment: Aligned; versions: AlignResult['versions'] }) {
  const { fit } = alignment;
  const { before, after } = versions;
  return (
    <p class="compare-numbers">
      {transformWords(fit, before)} {differenceWords(alignment, before, after)}{' '}
      <ConfidenceBadge confidence={fit.confidence} /> <span class="secondary-text">{agreementWords(fit)}</span>
    </p>
  );
}

const PICTURES: Record<ComparedPicture, string> = { overlay: 'overlay', residual: 'map of differences' };

interface FooterProps {
  state: AlignResult;
  picture: ComparedPicture;
  opacity: number;
  dispatch: (event: FlowEvent) => void;
}

/** Places the picture beside the frames, and undoes that. */
function PlaceFooter({ state: { placing, placed, versions }, picture, opacity, dispatch }: FooterProps) {
  const { name } = versions.after;
  return (
    <>
      <div class="compare-placed">
        <p role="status">{placed === null ? '' : placedSentence(placed, name)}</p>
        {placed?.undo === 'available' ? (
          <Button look="quiet" onClick={() => dispatch({ type: 'undo' })}>
            Undo
          </Button>
        ) : null}
      </div>
      <Button
        look="primary"
        wide
        busy={placing !== null}
        onClick={() => dispatch({ type: 'align.place', picture, opacity })}
      >
        {placing === null ? `Place ${PICTURES[picture]} beside “${name}”` : 'Placing…'}
      </Button>
    </>
  );
}

function placedSentence({ picture, undo, problem }: NonNullable<AlignResult['placed']>, name: string): string {
  if (problem !== null) return `${problem.message} ${problem.hint}`;
  return undo === 'done'
    ? `The ${PICTURES[picture]} is removed again.`
    : `The ${PICTURES[picture]} stands beside “${name}”.`;
}
