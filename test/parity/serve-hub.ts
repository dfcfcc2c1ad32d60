import { FakeHub } from '../../daemon/test/models/fake-hub.js';
import { ABSENT, LISTED, xetHash } from '../../daemon/test/support/hub-cache-layout.js';

// Serves the tests' hub to `make-hub-cache.py` until its standard input ends.
const hub = await FakeHub.start();
hub.putRepository(LISTED);
const { repository, files } = LISTED;
const large = files.filter(({ isLarge }) => isLarge);
const xet = Object.fromEntries(large.map(({ path, content }) => [path, xetHash(content)]));
process.stdout.write(`${JSON.stringify({ url: hub.url, repository, absent: ABSENT, xet })}\n`);
process.stdin.resume().on('end', () => void hub.stop());
