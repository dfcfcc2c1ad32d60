// Entry of a process that runs the embedded network once and sends how far it is off.
import { CPU_RUNTIME } from '../../graph/runtime/runtime.js';
import { selfTestError } from './self-test.js';

process.send?.({ relativeError: await selfTestError(CPU_RUNTIME) });
