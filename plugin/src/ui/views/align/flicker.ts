import { useEffect, useRef, useState } from 'preact/hooks';

/** Each version is shown this long: one flash a second, where WCAG 2.3.1 allows three. */
const FLICKER_MS = 500;

const REDUCED_MOTION = '(prefers-reduced-motion: reduce)';

/** Whether the system asks for little motion. */
export function useReducedMotion(): boolean {
  const [isReduced, setReduced] = useState(() => matchMedia(REDUCED_MOTION).matches);
  useEffect(() => {
    const query = matchMedia(REDUCED_MOTION);
    const update = () => setReduced(query.matches);
    query.addEventListener('change', update);
    return () => query.removeEventListener('change', update);
  }, []);
  return isReduced;
}

/** Calls `onToggle` again and again while it is on. */
export function useFlicker(isOn: boolean, onToggle: () => void): void {
  const latest = useRef(onToggle);
  latest.current = onToggle;
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => latest.current(), FLICKER_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}

/** Calls `onSpace` for the space bar, unless a control uses it. */
export function useSpace(onSpace: () => void): void {
  const latest = useRef(onSpace);
  latest.current = onSpace;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isControl = event.target instanceof Element && event.target.closest('button, input, summary') !== null;
      if (event.key !== ' ' || isControl) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
