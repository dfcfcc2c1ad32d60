import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Problem } from '../../shared/messages.js';
import { percent } from '../../shared/text.js';
import { confidenceLevel } from '../flow/preview/confidence.js';

interface ButtonProps {
  children: ComponentChildren;
  onClick: () => void;
  /** At most one `primary` per screen; `quiet` has no outline. */
  look?: 'primary' | 'secondary' | 'quiet';
  wide?: boolean;
  disabled?: boolean;
  busy?: boolean;
  /** Accessible name, if it differs from the text. */
  label?: string;
  describedBy?: string;
}

/** A button in Figma's style. */
export function Button({
  children,
  onClick,
  look = 'secondary',
  wide,
  disabled,
  busy,
  label,
  describedBy,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${look}${wide === true ? ' wide' : ''}`}
      disabled={disabled === true || busy === true}
      aria-busy={busy === true}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

interface IconButtonProps {
  /** Accessible name and tooltip. */
  label: string;
  onClick: () => void;
  icon: 'close' | 'back';
}

const ICONS = { close: 'M4 4l8 8M12 4l-8 8', back: 'M10 3.5L5.5 8l4.5 4.5' } as const;

export function IconButton({ label, onClick, icon }: IconButtonProps) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} onClick={onClick}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d={ICONS[icon]} fill="none" stroke="currentColor" stroke-width="1.2" stroke-linecap="round" />
      </svg>
    </button>
  );
}

interface NoticeProps {
  tone: 'info' | 'danger';
  children: ComponentChildren;
}

/** A boxed notice. Screen readers announce `danger` at once. */
export function Notice({ tone, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === 'info' ? 'note' : 'alert'}>
      {children}
    </div>
  );
}

/** A problem and its hint. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Notice tone="danger">
      <strong>{problem.message}</strong> {problem.hint}
    </Notice>
  );
}

interface ProgressBarProps {
  label: string;
  /** 0 … 1; null while unknown. */
  fraction: number | null;
}

export function ProgressBar({ label, fraction }: ProgressBarProps) {
  const percent = fraction === null ? null : Math.round(fraction * 100);
  return (
    <div class="progress">
      <div
        class="progress-track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { 'aria-valuenow': percent })}
      >
        <div
          class={percent === null ? 'progress-fill unknown' : 'progress-fill'}
          {...(percent === null ? {} : { style: { width: `${percent}%` } })}
        />
      </div>
      <p class="secondary-text">{label}</p>
    </div>
  );
}

const LEVEL_LABELS = { high: 'High', medium: 'Medium', low: 'Low' } as const;

/** `High 93%` */
export function ConfidenceBadge({ confidence }: { confidence: number }) {
  const level = confidenceLevel(confidence);
  return (
    <span class={`badge ${level}`}>
      {LEVEL_LABELS[level]} {percent(confidence)}
    </span>
  );
}

export type IllustrationName = 'computer' | 'link' | 'versions' | 'warning' | 'window' | 'chip' | 'done' | 'undo';

const PATHS: Record<IllustrationName, string> = {
  computer: 'M5 7h22v14H5zM12 26h8M16 21v5',
  link: 'M13 19l6-6M11 15l-3 3a4.2 4.2 0 0 0 6 6l3-3M21 17l3-3a4.2 4.2 0 0 0-6-6l-3 3',
  versions: 'M7 12a9.5 9.5 0 0 1 17-2M25 5v5h-5M25 20a9.5 9.5 0 0 1-17 2M7 27v-5h5',
  warning: 'M16 6L28 26H4zM16 13v6M16 22.5v.5',
  window: 'M4 11h17v14H4zM10 11V6h18v13h-7',
  chip: 'M10 10h12v12H10zM13 6v4M19 6v4M13 22v4M19 22v4M6 13h4M6 19h4M22 13h4M22 19h4',
  done: 'M16 5a11 11 0 1 1 0 22 11 11 0 0 1 0-22M11 16.5l3.5 3.5 6.5-7.5',
  undo: 'M11 7l-5 5 5 5M6 12h13a6.5 6.5 0 0 1 0 13h-7',
};

/** The line drawing above the title of a message screen. */
export function Illustration({ name }: { name: IllustrationName }) {
  return (
    <svg class={`illustration ${name}`} width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}

interface ScreenProps {
  /** Screen readers announce it when the screen changes. */
  title: string;
  /** Above the scrolling part, such as a back button. */
  bar?: ComponentChildren;
  /** Below the bar, always in view. */
  tools?: ComponentChildren;
  children: ComponentChildren;
  /** Fixed at the bottom, with the primary action. */
  footer?: ComponentChildren;
}

/** The layout of every screen: an optional bar, scrolling content, an optional footer. */
export function Screen({ title, bar, tools, children, footer }: ScreenProps) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // the previous screen may have held the keyboard focus
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && document.hasFocus()) main.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <main ref={main} class="screen" tabIndex={-1} aria-label={title}>
      <p class="visually-hidden" role="status">
        {title}
      </p>
      {bar === undefined ? null : <div class="bar">{bar}</div>}
      {tools}
      <div class="scroll">{children}</div>
      {footer === undefined ? null : <div class="footer">{footer}</div>}
    </main>
  );
}

interface MessageScreenProps {
  illustration: IllustrationName;
  title: string;
  message: string;
  hint?: string;
  /** The only button in the footer. */
  action: { label: string; onClick: () => void; look?: 'primary' | 'secondary' };
  onBack?: () => void;
  children?: ComponentChildren;
}

/** A screen with one message and one button. */
export function MessageScreen({ illustration, title, message, hint, action, onBack, children }: MessageScreenProps) {
  return (
    <Screen
      title={title}
      {...(onBack === undefined ? {} : { bar: <IconButton icon="back" label="Back" onClick={onBack} /> })}
      footer={
        <Button look={action.look ?? 'primary'} wide onClick={action.onClick}>
          {action.label}
        </Button>
      }
    >
      <div class="message">
        <Illustration name={illustration} />
        <h1>{title}</h1>
        <p>{message}</p>
        {hint === undefined ? null : <p class="secondary-text">{hint}</p>}
        {children}
      </div>
    </Screen>
  );
}
