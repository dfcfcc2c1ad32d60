import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import * as z from 'zod';
import type { Placement, Provider } from './runtime.js';
import { createSession, type Graph } from './session.js';

/** What a profile calls the providers. */
const PROFILE_NAMES = new Map<string, Provider>([
  ['CUDAExecutionProvider', 'cuda'],
  ['DmlExecutionProvider', 'dml'],
  ['WebGpuExecutionProvider', 'webgpu'],
  ['CoreMLExecutionProvider', 'coreml'],
  ['CPUExecutionProvider', 'cpu'],
]);

/** A Chrome trace; other events than those of nodes have other arguments. */
const traceSchema = z.array(
  z.object({ cat: z.string(), name: z.string(), args: z.object({ provider: z.string().optional() }).optional() }),
);

/** A session that is watched while it runs first. */
export interface ProfiledSession {
  session: InferenceSession;
  /** Ends the profile, once the session has run once, and says where the nodes of that run were. */
  placement(): Placement;
}

/** Creates a session whose first run is profiled: the only way to learn on which provider a node really runs. */
export async function createProfiledSession(graph: Graph, provider: Provider): Promise<ProfiledSession> {
  const folder = mkdtempSync(join(tmpdir(), 'samepoint-profile-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const session = await createSession(graph, { provider, profilePrefix: join(folder, 'run') });
    const placement = () => {
      session.endProfiling();
      const [file] = readdirSync(folder);
      const trace = file === undefined ? '[]' : readFileSync(join(folder, file), 'utf8');
      remove();
      return countNodes(trace);
    };
    return { session, placement };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

/** Counts the nodes of a profile by the provider that ran them. One that was cut off says nothing. */
export function countNodes(trace: string): Placement {
  const counts = new Map<Provider, number>();
  for (const { cat, name, args } of readTrace(trace)) {
    const provider = PROFILE_NAMES.get(args?.provider ?? '');
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || provider === undefined) continue;
    counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  return counts;
}

function readTrace(trace: string) {
  try {
    return traceSchema.parse(JSON.parse(trace));
  } catch {
    return [];
  }
}
