import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { storageUnavailable } from '../../../src/application/ports/storage-error.ts';
import { PassingRinger } from '../../../src/infrastructure/doorbell/passing-ringer.ts';
import type { PassingRingerParts } from '../../../src/infrastructure/doorbell/passing-ringer.ts';
import { decodeRing } from '../../../src/infrastructure/doorbell/ring-datagram.ts';
import { DoorbellRecorder } from './doorbell-recorder.ts';

const LANES = 6;

const relay = (port: number): { owner: string; address: { host: string; port: number } } => ({
  owner: `relay-${port}`,
  address: { host: '127.0.0.1', port },
});

describe('who commits and ends', () => {
  /** Ports that were rung for any lane, in order. */
  let rung: number[];
  let observer: DoorbellRecorder;

  const ringer = (parts: Partial<PassingRingerParts>): PassingRinger =>
    new PassingRinger({
      doorbells: () => TE.right([relay(1), relay(2)]),
      send: async (datagram, { port }) => {
        expect(decodeRing(datagram, LANES)).to.deep.equal(['any']);
        await Promise.resolve();
        rung.push(port);
      },
      observer,
      ...parts,
    });

  beforeEach(() => {
    rung = [];
    observer = new DoorbellRecorder();
  });

  it('rings every relay each time, and waits for all rings to leave when it ends', async () => {
    const passing = ringer({});
    passing.ring();
    passing.ring();
    expect(rung).to.deep.equal([]);
    await passing.rung();
    expect([...rung].sort()).to.deep.equal([1, 1, 2, 2]);
    expect(observer.failures).to.deep.equal([]);
  });

  it('given nothing to ring for / then asks nothing', async () => {
    await ringer({ doorbells: () => expect.fail('it asked') }).rung();
  });

  it('given one relay that cannot be reached / then rings the other, and tells', async () => {
    const passing = ringer({
      send: (_, { port }) => {
        if (port === 1) return Promise.reject(new Error('unreachable'));
        rung.push(port);
        return Promise.resolve();
      },
    });
    passing.ring();
    await passing.rung();
    expect([rung, observer.failures]).to.deep.equal([[2], ['ring a relay']]);
  });

  it('given a database that does not answer / then rings nobody, and tells', async () => {
    const passing = ringer({ doorbells: () => TE.left(storageUnavailable('read', new Error('down'))) });
    passing.ring();
    await passing.rung();
    expect([rung, observer.failures]).to.deep.equal([[], ['read where to ring']]);
  });
});
