import { expect } from 'chai';
import type { Admin } from 'kafkajs';
import { movedDate } from '../../../src/infrastructure/moved-date.ts';
import { eventually } from '../../support/eventually.ts';
import { asMessages, lifeOf, newOrderId } from './order-lifecycle.ts';
import { KitUnderTest } from './kit-under-test.ts';

const HOUR_MS = 3_600_000;
/** Within ten seconds a member that sends no heartbeat is put out of its group, which then is empty; the rest is for a busy machine. */
const REPLACED_MS = 20_000;

describe('the wall clock set back under a consumer', function () {
  this.timeout(120_000);
  const realDate = Date;
  let kit: KitUnderTest;
  let admin: Admin;
  let offsetMs = 0;
  beforeEach(async () => {
    offsetMs = 0;
    kit = await KitUnderTest.open();
    admin = kit.kafka.admin();
    await admin.connect();
    globalThis.Date = movedDate(realDate, () => offsetMs);
  });
  afterEach(async () => {
    globalThis.Date = realDate;
    await admin.disconnect();
    await kit.close();
  });

  /** IDs that the coordinator has given; a client that is made anew gets another one. */
  const membersOf = async (group: string): Promise<readonly string[]> => {
    const { groups } = await admin.describeGroups([group]);
    return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
  };

  it('given an idle member whose clock is set back an hour / then its client is replaced, and consuming goes on', async () => {
    const consumer = await kit.start();
    const group = `test-${kit.topic.name}`;
    await eventually(() => expect(consumer.kafka.joined).to.equal(true), 30_000);
    const before = await membersOf(group);
    expect(before).to.have.length(1);
    offsetMs = -HOUR_MS;
    await eventually(async () => {
      const after = await membersOf(group);
      expect(after).to.have.length(1);
      expect(after).not.to.deep.equal(before);
    }, REPLACED_MS);
    const orderId = newOrderId();
    await kit.produce(asMessages(lifeOf(orderId)));
    await eventually(async () => expect(await kit.effects(orderId)).to.have.length(4), 30_000);
  });
});
