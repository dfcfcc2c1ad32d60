import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import * as z from 'zod';
import { makeTemporaryFolder } from '../../app-folders.js';
import type { Placement, Provider } from './runtime.js';
import { createSession, type Graph } from './session.js';

/** Names of the providers in a profile. */
const PROFILE_NAMES = new Map<string, Provider>([
  ['CUDAExecutionProvider', 'cuda'],
  ['DmlExecutionProvider', 'dml'],
  ['WebGpuExecutionProvider', 'webgpu'],
  ['CoreMLExecutionProvider', 'coreml'],
  ['CPUExecutionProvider', 'cpu'],
]);

/** A Chrome trace. Only events of nodes have a provider. */
const traceSchema = z.array(
  z.object({ cat: z.string(), name: z.string(), args: z.object({ provider: z.string().optional() }).optional() }),
);

/** A session whose first run is profiled. */
export interface ProfiledSession {
  session: InferenceSession;
  /** Ends the profile after the first run, and returns where its nodes ran. */
  placement(): Placement;
}

/** Creates a session whose first run is profiled: the only way to find out on which provider a node runs. */
export async function createProfiledSession(
  graph: Graph,
  { provider, deviceId }: { provider: Provider; deviceId: number | undefined },
): Promise<ProfiledSession> {
  const folder = makeTemporaryFolder('samepoint-profile-');
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
 * Where the nodes of a graph ran, from the profile of one run. Nodes on the CPU are counted; all others are attributed to the
 * provider, since DirectML and Core ML appear as a single node. Times would mislead: GPU times cover submission only, CPU
 * times include waiting.
 * @param nodeCount number of nodes before ONNX Runtime fuses any
 * @returns an empty map for a truncated profile
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
