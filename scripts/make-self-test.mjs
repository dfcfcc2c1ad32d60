// Writes daemon/models/self-test/features.npy, the reference features of `samepoint doctor`. Run after a build, when the
// embedded model has changed:  node scripts/make-self-test.mjs
import { SELF_TEST_FEATURES, selfTestFeatures } from '../daemon/dist/cli/doctor/self-test.js';
import { writeNpy } from '../daemon/dist/cli/files/npy.js';
import { CPU_RUNTIME } from '../daemon/dist/graph/runtime/runtime.js';

await writeNpy(SELF_TEST_FEATURES, await selfTestFeatures(CPU_RUNTIME));
