import {
  type Command,
  DEFAULT_PREFERENCES,
  type MainToUi,
  type Picks,
  type SelectionSummary,
} from '../../src/shared/messages.js';
import { NO_PICKS } from '../../src/ui/flow/picks.js';
import { TOKEN } from './fake-daemon.js';

type Session = Extract<MainToUi, { type: 'session' }>;
type Selection = Extract<MainToUi, { type: 'selection' }>;

export interface SessionParts extends Partial<Omit<Session, 'type' | 'command' | 'settings' | 'picks'>> {
  /** Null before the pairing. */
  token?: string | null;
  picks?: Partial<Picks>;
}

/** The start of a command with the default preferences, paired and without picks unless `parts` says otherwise. */
export function session(command: Command, port: number, parts: SessionParts = {}): Session {
  const { token = TOKEN, picks, ...others } = parts;
  return {
    ...{ type: 'session', command, settings: { token, port }, picks: { ...NO_PICKS, ...picks } },
    ...{ preferences: DEFAULT_PREFERENCES, pending: null, recordings: [], ...others },
  };
}

/** What is selected in Figma: nothing, except for `parts`. */
export function selection(parts: Partial<SelectionSummary> = {}): Selection {
  return { type: 'selection', selection: { frames: [], overlays: [], layers: [], layerFrames: [], ...parts } };
}
