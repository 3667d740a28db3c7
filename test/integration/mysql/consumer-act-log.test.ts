import { expect } from 'chai';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { ActOutcome, IntendedActs, StandingAct } from '../../../src/application/ports/consumer-act-log.ts';
import type { Transaction } from '../../../src/application/ports/transaction.ts';
import { uuidV7Ids } from '../../../src/infrastructure/ids.ts';
import { MySqlConsumerActLog } from '../../../src/infrastructure/mysql/mysql-consumer-act-log.ts';
import type { MySqlPool } from '../../../src/infrastructure/mysql/mysql-pool.ts';
import { MySqlUnitOfWork } from '../../../src/infrastructure/mysql/mysql-unit-of-work.ts';
import { rightOf } from '../../support/decoded.ts';
import { migratedDatabase, testPool } from '../../support/mysql-storage.ts';
import type { TestDatabase } from '../../support/servers.ts';

describe('acts on consumers, on record in MySQL', () => {
  let database: TestDatabase;
  let pool: MySqlPool;
  const log = new MySqlConsumerActLog();
  let acts: IntendedActs;

  const committed = async <A>(work: (tx: Transaction) => TaskEither<unknown, A>): Promise<A> => {
    const unit = new MySqlUnitOfWork(pool).run({ action: 'test', rerunAfterUnknownCommit: false }, work);
    return rightOf(await unit());
  };
  const note = (outcome: ActOutcome, detail: string | null = null): Promise<void> =>
    committed((tx) => log.settle(tx, acts.requestId, [{ orderId: acts.orderIds[0] ?? '', outcome, detail }]));
  const standing = (): Promise<readonly StandingAct[]> => committed((tx) => log.ofRequest(tx, acts.requestId));
  const firstStanding = async (): Promise<unknown> => (await standing())[0];

  before(async () => {
    database = await migratedDatabase();
    pool = testPool(database.url);
  });
  beforeEach(async () => {
    const orderIds = [uuidV7Ids.next(), uuidV7Ids.next()];
    acts = { requestId: uuidV7Ids.next(), actor: 'anna', consumer: 'payment', orderIds, reason: 'mended' };
    await committed((tx) => log.intend(tx, acts));
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });

  it('given a unit that is rerun after an unknown COMMIT / then each act is there once', async () => {
    await committed((tx) => log.intend(tx, acts));
    expect((await standing()).map(({ orderId }) => orderId)).to.deep.equal(acts.orderIds);
  });

  it('tells that an outcome is unknown as long as none was noted', async () => {
    const [open] = await standing();
    expect(open).to.include({ outcome: 'unknown', detail: null });
    expect(open?.openForMs).to.be.within(0, 60_000);
    await note('unknown', 'it hung up');
    expect(await firstStanding()).to.include({ openForMs: undefined });
  });

  it('tells what was noted last, until something is final', async () => {
    await note('not-done', 'refused');
    await note('unknown', 'it hung up');
    expect(await firstStanding()).to.include({ outcome: 'unknown', detail: 'it hung up' });
    await note('released');
    await note('not-parked', 'of a request that was under way, too');
    await note('unknown', 'of another');
    expect(await firstStanding()).to.include({ outcome: 'released', detail: null });
  });

  it('takes no order, and reasons that are longer than it keeps', async () => {
    await committed((tx) => log.intend(tx, { ...acts, orderIds: [] }));
    await committed((tx) => log.settle(tx, acts.requestId, []));
    await note('not-done', 'x'.repeat(2_000));
    expect(await firstStanding()).to.include({ detail: 'x'.repeat(1_000) });
  });
});
