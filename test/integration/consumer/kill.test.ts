import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { kafkaBrokers } from '../../support/servers.ts';
import { KitUnderTest } from './kit-under-test.ts';
import { asMessages, envelope, newOrderId } from './order-lifecycle.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ORDERS = 10;

/** The payment service as a process of its own. */
class PaymentProcess {
  private readonly child;
  readonly ended: Promise<readonly unknown[]>;

  constructor(kit: KitUnderTest, env: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ['--import', 'tsx', 'simulator/participants/payment/main.ts'], {
      cwd: ROOT,
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        CONSUMER_MYSQL_URL: kit.database.url,
        KAFKA_BROKERS: kafkaBrokers().join(','),
        ORDER_TOPIC: kit.topic.name,
        ORDERS_API_URL: kit.api.url,
        ...env,
      },
    });
    this.ended = once(this.child, 'exit');
  }

  async terminate(): Promise<readonly unknown[]> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

/**
 * Lets payment die at the failpoint, where so many charges are to be found, starts it again, and waits until every
 * charge was reported.
 */
const dieAndComeBack = async (failpoint: string, left: number): Promise<KitUnderTest> => {
  const kit = await KitUnderTest.open();
  const orders = Array.from({ length: ORDERS }, newOrderId);
  await kit.produce(asMessages(orders.map((orderId) => envelope(orderId, 1, 'OrderPlaced'))));
  const first = new PaymentProcess(kit, { FAILPOINT: failpoint });
  let second: PaymentProcess | undefined;
  try {
    const [, signal] = await first.ended;
    expect(signal, 'it died at the failpoint').to.equal('SIGKILL');
    expect(await kit.effects(), 'all of a batch or nothing').to.have.length(left);
    second = new PaymentProcess(kit, {});
    await eventually(async () => {
      const open = await kit.pool.use((connection) =>
        connection.rows("SELECT id FROM callbacks WHERE status = 'delivered'"),
      );
      expect(open).to.have.length(ORDERS);
    }, 45_000);
    await eventually(async () => expect(await kit.committed('payment')).to.be.greaterThan(0), 45_000);
    expect(await second.terminate(), 'it stops when told to').to.deep.equal([0, null]);
    return kit;
  } finally {
    first.kill();
    second?.kill();
  }
};

describe('payment, killed with -9', function () {
  this.timeout(120_000);

  // The orders come in one batch, so a death in the middle of it leaves nothing, a later one leaves all.
  for (const [failpoint, left] of [
    ['before-effect:5', 0],
    ['after-commit-before-offset:2', ORDERS],
    ['before-callback:2', ORDERS],
    ['after-callback-before-mark:2', ORDERS],
  ] as const)
    it(`given a death at ${failpoint} / then each order has one charge and one payment`, async () => {
      // The group is the consumer's own, so one run after the other.
      const kit = await dieAndComeBack(failpoint, left);
      try {
        const charges = await kit.effects();
        expect(charges.map(({ kind }) => kind)).to.deep.equal(Array.from({ length: ORDERS }, () => 'charge'));
        expect(new Set(charges.map(({ orderId }) => orderId)).size).to.equal(ORDERS);
        // A death between answer and mark repeats the request; its key lets the order service see that.
        expect(new Set(kit.api.requests.map(({ key }) => key)).size).to.equal(ORDERS);
        expect(await kit.committed('payment')).to.be.at.most(ORDERS);
      } finally {
        await kit.close();
      }
    });
});
