import { runService } from '../../../src/composition/run-service.ts';
import { TOKENS } from '../../../src/composition/tokens.ts';
import { openPool, setting } from '../own-connections.ts';
import { leasesOfItsOwn } from './leases-of-its-own.ts';
import { SkipLockedOutbox } from './skip-locked-outbox.ts';

/* The service with a planted bug: the relay's outbox and leases are replaced, everything else is the real thing. */

const pool = openPool(setting('MYSQL_URL'));

process.exit(
  await runService((container) => {
    const outbox = container.get(TOKENS.RelayOutbox);
    const leases = container.get(TOKENS.RelayLeases);
    container.rebind(TOKENS.RelayOutbox).toConstantValue(new SkipLockedOutbox(outbox, pool));
    container.rebind(TOKENS.RelayLeases).toConstantValue(leasesOfItsOwn(leases));
  }),
);
