import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface ScreenProps {
  /** Announced by screen readers when the screen changes. */
  title: string;
  /** Shown small above the scrolling part, e.g. a back button. */
  bar?: ComponentChildren;
  children: ComponentChildren;
  /** The primary action and what belongs to it; stays at the bottom. */
  footer?: ComponentChildren;
}

/** The frame of every screen: an optional bar, a scrolling middle, a footer that stays. */
export function Screen({ title, bar, children, footer }: ScreenProps) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // a button that went away with its screen took the keyboard's place with it
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (isLost && document.hasFocus()) main.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <main ref={main} class="screen" tabIndex={-1} aria-label={title}>
      <p class="visually-hidden" role="status">
        {title}
      </p>
      {bar === undefined ? null : <div class="bar">{bar}</div>}
      <div class="scroll">{children}</div>
      {footer === undefined ? null : <div class="footer">{footer}</div>}
    </main>
  );
}
