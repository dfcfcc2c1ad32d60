import type { ComponentChildren } from 'preact';
import type { Problem } from '../../shared/messages.js';

interface NoticeProps {
  tone: 'info' | 'warning' | 'danger';
  children: ComponentChildren;
}

/** A boxed remark. Anything but `info` is read out at once. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === 'info' ? 'note' : 'alert'}>
      {children}
    </div>
  );
}

/** What happened, and what to do next. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Notice tone="danger">
      <strong>{problem.message}</strong> {problem.hint}
    </Notice>
  );
}
