import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** Request to a child process: compute the features of one image `runs` times. */
export interface FeaturesRequest {
  network: 'sd-unet' | 'adm' | 'vit';
  checkpoint: string;
  /** NPY files: image (1,3,H,W), text states, noise (members, …), output. */
  image: string;
  text?: string;
  noise?: string;
  out?: string;
  t: number;
  block: number;
  ensembleSize: number;
  /** The VAE's mean, or a sample as in the published code. */
  latentMode: 'mean' | 'sample';
  runs: number;
}

const measurementSchema = z.object({
  /** Before the first run. Samepoint loads during the first run. */
  loadS: z.number(),
  /** The first run, then the warm ones. */
  runS: z.array(z.number()),
  peakGb: z.number(),
  dims: z.array(z.number()),
  finite: z.boolean(),
});
export type Measurement = z.infer<typeof measurementSchema>;

const SAMEPOINT = fileURLToPath(new URL('features-child.ts', import.meta.url));
const ORIGINAL = fileURLToPath(new URL('original.py', import.meta.url));

/** Measures Samepoint in a child process, to isolate peak memory. */
export function measureSamepoint(request: FeaturesRequest): Promise<Measurement> {
  return measure(process.execPath, ['--import', 'tsx', SAMEPOINT], request);
}

/** Measures the published method with PyTorch and diffusers. */
export function measureOriginal(request: FeaturesRequest, python: string): Promise<Measurement> {
  return measure(python, [ORIGINAL], request);
}

function measure(command: string, args: readonly string[], request: FeaturesRequest): Promise<Measurement> {
  const child = spawn(command, [...args, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(measurementSchema.parse(JSON.parse(stdout)));
      else reject(new Error(`${command} ended with ${code ?? signal}:\n${stderr}`));
    });
  });
}
