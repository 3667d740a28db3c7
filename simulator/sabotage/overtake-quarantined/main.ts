import { runService } from '../../../src/composition/run-service.ts';
import { TOKENS } from '../../../src/composition/tokens.ts';
import { openPool, setting } from '../own-connections.ts';
import { overtakeQuarantinedOutbox } from './overtake-quarantined-outbox.ts';

/* The service with a planted bug: the relay's outbox is replaced, everything else is the real thing. */

const pool = openPool(setting('MYSQL_URL'));

process.exit(
  await runService((container) => {
    const real = container.get(TOKENS.RelayOutbox);
    container.rebind(TOKENS.RelayOutbox).toConstantValue(overtakeQuarantinedOutbox(real, pool));
  }),
);
