import { createRequire } from 'node:module';

type OpenCv = typeof import('@techstark/opencv-js');
type Deletable = { delete(): void };

/** OpenCV, and the objects to delete when the scope ends. */
export interface OpenCvScope {
  cv: OpenCv;
  keep<T extends Deletable>(made: T): T;
}

let loading: Promise<{ cv: OpenCv }> | undefined;

/** Loads OpenCV's WebAssembly build on first use: 5 MB of code, a fraction of a second. */
export async function openCv(): Promise<<T>(use: (scope: OpenCvScope) => T) => T> {
  loading ??= load();
  const { cv } = await loading;
  return (use) => inScope(cv, use);
}

/**
 * OpenCV's memory is freed only by `delete`, and its exceptions are numbers.
 * @throws Error with OpenCV's message
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
 * The module has a `then` that resolves with itself, so `await` never returns. It is therefore required, not imported, and
 * wrapped in an object.
 */
async function load(): Promise<{ cv: OpenCv }> {
  const before = fatalListeners();
  const cv: OpenCv = createRequire(import.meta.url)('@techstark/opencv-js');
  // the build exits the process on any unhandled rejection, so remove its listeners
  const after = fatalListeners();
  for (const added of after.exception) if (!before.exception.includes(added)) process.off('uncaughtException', added);
  for (const added of after.rejection) if (!before.rejection.includes(added)) process.off('unhandledRejection', added);
  if (!('Mat' in cv)) await new Promise<void>((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }));
  return { cv };
}

function fatalListeners() {
  return { exception: process.listeners('uncaughtException'), rejection: process.listeners('unhandledRejection') };
}
