import { PORTS } from '@samepoint/shared-protocol/limits';
import {
  COLOUR_MAPS,
  type Command,
  DEFAULT_PREFERENCES,
  type PendingJob,
  type Preferences,
  type Settings,
} from '../shared/messages.js';
import { findSceneNode } from './canvas/nodes.js';
import { fileFacts, matchFile, toFileFacts } from './file-identity.js';

const SETTINGS_KEY = 'settings';
const PREFERENCES_KEY = 'preferences';
const PENDING_KEY = 'pending';

/** The user's settings, or the defaults if none are stored or the storage cannot be read. */
export async function loadSettings(): Promise<Settings> {
  const stored = await load(SETTINGS_KEY);
  const token = typeof stored.token === 'string' ? stored.token : null;
  const port = PORTS.find((known) => known === stored.port) ?? PORTS[0];
  return { token, port };
}

export async function saveSettings(settings: Settings): Promise<void> {
  await figma.clientStorage.setAsync(SETTINGS_KEY, settings);
}

/** The user's preferences; what is not stored or invalid has its default. */
export async function loadPreferences(): Promise<Preferences> {
  const { threshold, heatmapOpacity, colourMap, backend } = await load(PREFERENCES_KEY);
  return {
    threshold: isFraction(threshold) ? threshold : DEFAULT_PREFERENCES.threshold,
    heatmapOpacity: isFraction(heatmapOpacity) ? heatmapOpacity : DEFAULT_PREFERENCES.heatmapOpacity,
    colourMap: COLOUR_MAPS.find((known) => known === colourMap) ?? DEFAULT_PREFERENCES.colourMap,
    backend: typeof backend === 'string' ? backend : DEFAULT_PREFERENCES.backend,
  };
}

export async function savePreferences(preferences: Preferences): Promise<void> {
  await figma.clientStorage.setAsync(PREFERENCES_KEY, preferences);
}

function isFraction(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** Number of the last job to store: an earlier one may still wait for its nodes. */
let pendingNumber = 0;

/** Stores a job with what its file is known by, since client storage is shared by all files and node ids repeat. */
export async function savePending(pending: PendingJob | null): Promise<void> {
  pendingNumber += 1;
  const number = pendingNumber;
  if (pending === null) return figma.clientStorage.deleteAsync(PENDING_KEY);
  const nodes = await Promise.all([pending.sourceId, ...pending.targetIds].map(findSceneNode));
  const facts = await fileFacts(
    pending.sourceId,
    nodes.filter((node) => node !== null),
  );
  if (number === pendingNumber) await figma.clientStorage.setAsync(PENDING_KEY, { facts, pending });
}

/** The job of this command that was running in this file when the plugin was closed; null for none. */
export async function loadPending(command: Command): Promise<PendingJob | null> {
  const stored = await load(PENDING_KEY);
  const [facts, { pending }] = [toFileFacts(stored.facts), stored];
  if (facts === null || !isPendingJob(pending) || pending.command !== command) return null;
  return (await matchFile(facts)) === 'same' ? pending : null;
}

function isPendingJob(value: unknown): value is PendingJob {
  if (typeof value !== 'object' || value === null) return false;
  const job: Partial<Record<string, unknown>> = { ...value };
  const strings = [job.jobId, job.command, job.sourceId];
  const lists = [job.targetIds, job.overlayIds, job.layerIds ?? [], job.finished ?? []];
  return strings.every((value) => typeof value === 'string') && lists.every((list) => Array.isArray(list));
}

async function load(key: string): Promise<Partial<Record<string, unknown>>> {
  try {
    const stored: unknown = await figma.clientStorage.getAsync(key);
    return typeof stored === 'object' && stored !== null ? { ...stored } : {};
  } catch {
    return {};
  }
}
