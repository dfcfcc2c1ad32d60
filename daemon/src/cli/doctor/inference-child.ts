// Entry of a child process that runs the embedded network once and sends its relative error.
import { CPU_RUNTIME } from '../../graph/runtime/runtime.js';
import { selfTestError } from './self-test.js';

process.send?.({ relativeError: await selfTestError(CPU_RUNTIME) });
