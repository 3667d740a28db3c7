import { runService } from '../../../src/composition/run-service.ts';
import { TOKENS } from '../../../src/composition/tokens.ts';
import { directPublishing } from '../direct-publishing.ts';
import { connectProducer, openPool, setting } from '../own-connections.ts';
import { DualWrite } from './dual-write.ts';

/* The API with a planted bug: unit of work and outbox are replaced, everything else is the real thing. */

const producer = await connectProducer('dual-write', setting('KAFKA_BROKERS'));
const direct = directPublishing(setting('ORDER_TOPIC'), producer, openPool(setting('MYSQL_URL')));
const bug = new DualWrite(direct);

process.exit(
  await runService((container) => {
    const real = container.get(TOKENS.UnitOfWork);
    container.rebind(TOKENS.UnitOfWork).toConstantValue(bug.unitOfWork(real));
    container.rebind(TOKENS.Outbox).toConstantValue(bug.outbox);
  }),
);
