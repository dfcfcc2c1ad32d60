import type { ComponentChildren } from 'preact';
import type { Problem } from '../../../shared/messages.js';
import type { FlowEvent } from '../../flow/state.js';
import { Button, IconButton, Notice, ProblemNotice, Screen } from '../components.js';
import { type VirtualItem, VirtualList } from '../virtual-list.js';

interface PreviewScreenProps<Item extends VirtualItem> {
  title: string;
  problem: Problem | null;
  /** Sentences above the list. */
  notices: readonly string[];
  /** Threshold and filter. */
  tools?: ComponentChildren;
  /** Switches everything that is shown; absent for no such buttons. */
  onSwitch?: (on: boolean) => void;
  /** What Apply writes: `Apply 3 items`; null for nothing, with the label of nothing. */
  apply: { label: string; isEmpty: boolean; isBusy: boolean };
  /** Above the list. */
  children?: ComponentChildren;
  list: { label: string; items: readonly Item[]; choice?: string; render: (item: Item) => ComponentChildren };
  /** In place of an empty list. */
  nothing?: string;
  dispatch: (event: FlowEvent) => void;
}

/** The layout of all previews: a bar with All and None, tools, a long list, and Apply. */
export function PreviewScreen<Item extends VirtualItem>(props: PreviewScreenProps<Item>) {
  const { title, problem, notices, tools, onSwitch, apply, children, list, nothing, dispatch } = props;
  return (
    <Screen
      title={title}
      bar={<PreviewBar title={title} {...(onSwitch === undefined ? {} : { onSwitch })} dispatch={dispatch} />}
      tools={tools}
      footer={
        <Button
          look="primary"
          wide
          disabled={apply.isEmpty}
          busy={apply.isBusy}
          onClick={() => dispatch({ type: 'apply' })}
        >
          {apply.isBusy ? 'Applying…' : apply.label}
        </Button>
      }
    >
      {problem === null ? null : <ProblemNotice problem={problem} />}
      {notices.map((notice) => (
        <Notice key={notice} tone="info">
          {notice}
        </Notice>
      ))}
      {children}
      {list.items.length === 0 && nothing !== undefined ? <p class="nothing-shown secondary-text">{nothing}</p> : null}
      <VirtualList {...list} />
    </Screen>
  );
}

type BarProps = Pick<PreviewScreenProps<VirtualItem>, 'title' | 'onSwitch' | 'dispatch'>;

function PreviewBar({ title, onSwitch, dispatch }: BarProps) {
  return (
    <>
      <IconButton icon="back" label="Back" onClick={() => dispatch({ type: 'back' })} />
      <h1>{title}</h1>
      {onSwitch === undefined ? null : (
        <span class="bar-end">
          <Button look="quiet" label="Select all" onClick={() => onSwitch(true)}>
            All
          </Button>
          <Button look="quiet" label="Select none" onClick={() => onSwitch(false)}>
            None
          </Button>
        </span>
      )}
    </>
  );
}
