import { describe, expect, it } from 'vitest';
import { placementLabel, shareOf } from '../../src/engine/providers/provider-labels.js';
import { GraphBuilder } from '../../src/graph/onnx/graph-builder.js';
import { placementOf } from '../../src/graph/runtime/profile.js';

const NODES = 300;
const NAMES = { cpu: 'CPUExecutionProvider', webgpu: 'WebGpuExecutionProvider', dml: 'DmlExecutionProvider' } as const;

/** The three events of one node in ONNX Runtime's profile; one has the time of the kernel. */
const node = (name: string, provider: keyof typeof NAMES) =>
  [`${name}_fence_before`, `${name}_kernel_time`, `${name}_fence_after`].map((event) => ({
    cat: 'Node',
    name: event,
    dur: 5,
    args: { provider: NAMES[provider], op_name: name },
  }));
const nodes = (count: number, provider: keyof typeof NAMES) =>
  Array.from({ length: count }, (_, n) => node(`Add_${n}`, provider)).flat();
const trace = (...events: object[]) =>
  JSON.stringify([{ cat: 'Session', name: 'model_run', dur: 9, args: {} }, ...events]);

describe('where the nodes of a graph ran', () => {
  it('is the GPU if DirectML runs the graph as one node', () => {
    const fused = placementOf(trace(...node('DmlFusedNode_0_0', 'dml'), ...nodes(6, 'cpu')), 'dml', NODES);
    expect(fused).toEqual(
      new Map([
        ['dml', NODES - 6],
        ['cpu', 6],
      ]),
    );
    expect(shareOf(fused, 'dml')).toBeCloseTo(0.98);
    expect(placementLabel(fused)).toBe('98 % GPU (DirectML), 2 % CPU');
  });

  it('is the CPU if most of a fused graph runs on it', () => {
    const mostly = placementOf(trace(...node('DmlFusedNode_0_0', 'dml'), ...nodes(240, 'cpu')), 'dml', NODES);
    expect(shareOf(mostly, 'dml')).toBeCloseTo(0.2);
  });

  it('is counted per node on WebGPU', () => {
    const single = placementOf(trace(...nodes(250, 'webgpu'), ...nodes(50, 'cpu')), 'webgpu', NODES);
    expect(shareOf(single, 'webgpu')).toBeCloseTo(250 / 300);
  });

  it('counts the provider’s nodes, even if ONNX Runtime added some', () => {
    const more = placementOf(trace(...nodes(280, 'webgpu'), ...nodes(70, 'cpu')), 'webgpu', NODES);
    expect(more).toEqual(
      new Map([
        ['webgpu', 280],
        ['cpu', 70],
      ]),
    );
  });

  it('is only the CPU if the provider ran nothing', () => {
    const none = placementOf(trace(...nodes(40, 'cpu')), 'dml', NODES);
    expect(none).toEqual(new Map([['cpu', 40]]));
    expect(shareOf(none, 'dml')).toBe(0);
  });

  it('is empty for a truncated profile', () => {
    expect(placementOf('[{"cat":', 'dml', NODES).size).toBe(0);
  });
});

describe('the nodes of a graph', () => {
  it('are those that run for every input; constants are folded at load', () => {
    const b = new GraphBuilder(undefined, { provider: 'dml', precision: 'float16' });
    const x = b.input('x', [2]);
    const two = b.node('Neg', [b.constant([2], Float32Array.of(1, 2))], [2]);
    b.node('Add', [x, two], [2]);
    // the cast of the input and the sum; not the cast of the constant, nor its negation
    expect(b.nodeCount).toBe(2);
  });
});
