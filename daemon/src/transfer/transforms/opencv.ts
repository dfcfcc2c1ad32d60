import { createRequire } from 'node:module';

type OpenCv = typeof import('@techstark/opencv-js');
type Deletable = { delete(): void };

/** Hands out OpenCV and keeps what is made with it until the scope ends. */
export interface OpenCvScope {
  cv: OpenCv;
  keep<T extends Deletable>(made: T): T;
}

let loading: Promise<{ cv: OpenCv }> | undefined;

/** OpenCV's WebAssembly build (5 MB of code, a fraction of a second), loaded when first asked for and then kept. */
export async function openCv(): Promise<<T>(use: (scope: OpenCvScope) => T) => T> {
  loading ??= load();
  const { cv } = await loading;
  return (use) => inScope(cv, use);
}

/**
 * Nothing frees OpenCV's memory but `delete`, and its exceptions are bare numbers.
 * @throws Error with OpenCV's own sentence
 */
function inScope<T>(cv: OpenCv, use: (scope: OpenCvScope) => T): T {
  const kept: Deletable[] = [];
  const keep = <M extends Deletable>(made: M): M => {
    kept.push(made);
    return made;
  };
  try {
    return use({ cv, keep });
  } catch (thrown) {
    if (typeof thrown !== 'number') throw thrown;
    throw new Error(String(cv.exceptionFromPtr(thrown).msg).trim());
  } finally {
    for (const made of kept) made.delete();
  }
}

/**
 * The module has a `then` that resolves with itself, so that awaiting it would never end: it is required, not imported,
 * and travels in an object.
 */
async function load(): Promise<{ cv: OpenCv }> {
  const before = deathListeners();
  const cv: OpenCv = createRequire(import.meta.url)('@techstark/opencv-js');
  // the build ends the whole process at any rejection that nobody handles, also one of somebody else's
  const after = deathListeners();
  for (const own of after.exception) if (!before.exception.includes(own)) process.off('uncaughtException', own);
  for (const own of after.rejection) if (!before.rejection.includes(own)) process.off('unhandledRejection', own);
  if (!('Mat' in cv)) await new Promise<void>((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }));
  return { cv };
}

function deathListeners() {
  return { exception: process.listeners('uncaughtException'), rejection: process.listeners('unhandledRejection') };
}
