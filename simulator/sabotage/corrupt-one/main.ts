import { runService } from '../../../src/composition/run-service.ts';
import { TOKENS } from '../../../src/composition/tokens.ts';
import { corruptOnePublisher } from './corrupt-one-publisher.ts';

/* The service with a planted bug: its publisher is replaced, everything else is the real thing. */

process.exit(
  await runService((container) => {
    const real = container.get(TOKENS.Publisher);
    container.rebind(TOKENS.Publisher).toConstantValue(corruptOnePublisher(real));
  }),
);
