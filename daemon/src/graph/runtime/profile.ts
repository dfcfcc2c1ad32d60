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
export async function createProfiledSession(
  graph: Graph,
  { provider, deviceId }: { provider: Provider; deviceId: number | undefined },
): Promise<ProfiledSession> {
  const folder = mkdtempSync(join(tmpdir(), 'samepoint-profile-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const session = await createSession(graph, { provider, deviceId, profilePrefix: join(folder, 'run') });
    const placement = () => {
      session.endProfiling();
      const [file] = readdirSync(folder);
      const trace = file === undefined ? '[]' : readFileSync(join(folder, file), 'utf8');
      remove();
      return placementOf(trace, provider, graph.nodeCount ?? 0);
    };
    return { session, placement };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}

/**
 * Where the nodes of a graph ran, from the profile of one run. What the CPU ran is counted; the rest of the graph is the
 * provider's, since DirectML and Core ML run a whole graph as one node of the profile. Times would mislead: those of a GPU
 * are of handing work over, those of the CPU include waiting for it.
 * @param nodeCount of the graph before ONNX Runtime fused any
 * @returns nothing for a profile that was cut off
 */
export function placementOf(trace: string, provider: Provider, nodeCount: number): Placement {
  const ran = countEvents(trace);
  const own = ran.get(provider) ?? 0;
  const onCpu = ran.get('cpu') ?? 0;
  if (own === 0 || provider === 'cpu') return ran;
  return new Map(ran).set(provider, Math.max(own, nodeCount - onCpu));
}

function countEvents(trace: string): Map<Provider, number> {
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
