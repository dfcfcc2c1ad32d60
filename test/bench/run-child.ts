import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** What a process of its own is asked for: the features of one image, computed `runs` times. */
export interface FeaturesRequest {
  network: 'sd-unet' | 'adm' | 'vit';
  checkpoint: string;
  /** NPY files: the image (1,3,H,W), text states, noise (members, …), where to write the features. */
  image: string;
  text?: string;
  noise?: string;
  out?: string;
  t: number;
  block: number;
  ensembleSize: number;
  /** Whether the VAE's mean is taken or, as the published code does, a sample. */
  latentMode: 'mean' | 'sample';
  runs: number;
}

const measurementSchema = z.object({
  /** Before the first run. Samepoint loads in its first run. */
  loadS: z.number(),
  /** The first run, then those with everything loaded. */
  runS: z.array(z.number()),
  peakGb: z.number(),
  dims: z.array(z.number()),
  finite: z.boolean(),
});
export type Measurement = z.infer<typeof measurementSchema>;

const SAMEPOINT = fileURLToPath(new URL('features-child.ts', import.meta.url));
const ORIGINAL = fileURLToPath(new URL('original.py', import.meta.url));

/** By Samepoint, in a process whose peak of memory is its own. */
export function measureSamepoint(request: FeaturesRequest): Promise<Measurement> {
  return measure(process.execPath, ['--import', 'tsx', SAMEPOINT], request);
}

/** By PyTorch and diffusers, as the published code does it. */
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
