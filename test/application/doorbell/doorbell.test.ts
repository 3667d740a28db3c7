import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import type { DoorbellAddress } from '../../../src/infrastructure/doorbell/doorbell-address.ts';
import { Doorbell } from '../../../src/infrastructure/doorbell/doorbell.ts';
import { encodeRing } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import type { RungLane } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import { openRingLine } from '../../../src/infrastructure/doorbell/ring-line.ts';
import type { RingLine } from '../../../src/infrastructure/doorbell/ring-line.ts';
import { eventually } from '../../support/eventually.ts';
import { DoorbellRecorder } from './doorbell-recorder.ts';

const LANES = 6;
const ANY_PORT = { host: '127.0.0.1', port: 0 };

describe('a doorbell, over UDP', () => {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0)) close();
  });

  const bell = (
    listen: DoorbellAddress = ANY_PORT,
  ): { readonly doorbell: Doorbell; readonly rung: RungLane[]; readonly observer: DoorbellRecorder } => {
    const rung: RungLane[] = [];
    const observer = new DoorbellRecorder();
    const doorbell = new Doorbell({ listen, lanes: LANES, observer, rung: (lane) => rung.push(lane) });
    closers.push(() => doorbell.close());
    return { doorbell, rung, observer };
  };
  const addressOf = ({ address }: Doorbell): DoorbellAddress => {
    if (address === undefined) throw new Error('it does not listen');
    return address;
  };
  const line = (
    to: DoorbellAddress,
    failed: (cause: Error) => void = (cause) => expect.fail(cause.message),
  ): RingLine => {
    const opened = openRingLine(to, failed);
    closers.push(() => opened.close());
    return opened;
  };
  const ringOf = (...lanes: readonly RungLane[]): Uint8Array => encodeRing(new Set(lanes), LANES);

  it('hears what is rung, also right after the line was opened', async () => {
    const { doorbell, rung, observer } = bell();
    await doorbell.open();
    const opened = line(addressOf(doorbell));
    opened.send(ringOf(1, 4));
    await eventually(() => expect(rung).to.deep.equal([1, 4]));
    opened.send(ringOf('any'));
    await eventually(() => expect(rung).to.deep.equal([1, 4, 'any']));
    expect(observer.counts).to.include({ received: 2, malformed: 0 });
  });

  it('drops and counts what is no ring', async () => {
    const { doorbell, rung, observer } = bell();
    await doorbell.open();
    const opened = line(addressOf(doorbell));
    for (const bytes of [[], [9], [1, 0xff], Array.from({ length: 2_000 }, () => 1)])
      opened.send(Uint8Array.from(bytes));
    opened.send(ringOf(2));
    await eventually(() => expect(rung).to.deep.equal([2]));
    expect(observer.counts).to.include({ received: 1, malformed: 4 });
  });

  it('given nobody listens / then who rings is told so, once', async () => {
    const closed = createSocket('udp4').bind(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address();
    closed.close();
    await once(closed, 'close');
    const failures: Error[] = [];
    const opened = line({ host: '127.0.0.1', port }, (cause) => failures.push(cause));
    opened.send(ringOf(1));
    await eventually(() => expect(failures).to.have.lengthOf(1));
    opened.send(ringOf(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(failures.map((cause) => ('code' in cause ? cause.code : cause))).to.deep.equal(['ECONNREFUSED']);
  });

  it('given its port is taken / then that is told, and it has no address', async () => {
    const first = bell();
    await first.doorbell.open();
    const second = bell(addressOf(first.doorbell));
    await second.doorbell.open();
    expect(second.observer.failures).to.deep.equal(['listen for rings']);
    expect(second.doorbell.address).to.equal(undefined);
  });

  it('has no address before it is open and after it is closed', async () => {
    const { doorbell } = bell();
    expect(doorbell.address).to.equal(undefined);
    await doorbell.open();
    expect(addressOf(doorbell).port).to.be.greaterThan(0);
    doorbell.close();
    expect(doorbell.address).to.equal(undefined);
  });
});
