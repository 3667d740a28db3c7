import { runService } from '../../../src/composition/run-service.ts';
import { TOKENS } from '../../../src/composition/tokens.ts';
import { setting } from '../own-connections.ts';
import { roundRobinPublisher } from './round-robin-publisher.ts';

/* The service with a planted bug: its publisher is replaced, everything else is the real thing. */

const partitions = Number(setting('ORDER_PARTITIONS'));

process.exit(
  await runService((container) => {
    const real = container.get(TOKENS.Publisher);
    container.rebind(TOKENS.Publisher).toConstantValue(roundRobinPublisher(real, partitions));
  }),
);
