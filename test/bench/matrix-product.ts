import { GraphBuilder } from '../../daemon/src/graph/onnx/graph-builder.js';
import { createSession, ort } from '../../daemon/src/graph/runtime/session.js';
import { median } from './bench.js';

const SIDE = 4096;
const RUNS = 5;
const OPERATIONS_PER_MAC = 2;

/** Speed of this machine in large matrix products, with the same runtime and threads. */
export async function matrixProductGflops(): Promise<number> {
  const b = new GraphBuilder();
  const dims = [SIDE, SIDE];
  b.output('product', b.node('MatMul', [b.input('left', dims), b.input('right', dims)], dims));
  const session = await createSession({ model: b.toModel() });
  const matrix = new ort.Tensor('float32', new Float32Array(SIDE * SIDE).fill(1 / SIDE), dims);
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const begin = performance.now();
    await session.run({ left: matrix, right: matrix });
    seconds.push((performance.now() - begin) / 1000);
  }
  await session.release();
  return gflops(SIDE ** 3, median(seconds));
}

/** Multiply-accumulates and seconds → GFLOP/s. */
export function gflops(macs: number, seconds: number): number {
  return (OPERATIONS_PER_MAC * macs) / seconds / 1e9;
}
