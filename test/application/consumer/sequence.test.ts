import { expect } from 'chai';
import { decide } from '../../../src/application/consumer/sequence.ts';
import type { Arrival, Decision } from '../../../src/application/consumer/sequence.ts';
import type { InboxState } from '../../../src/application/ports/inbox.ts';

const fresh: InboxState = {
  lastSequence: 0,
  parked: false,
  applied: undefined,
  waiting: undefined,
  sequenceSkipped: false,
  purgedThrough: 0,
  othersWait: false,
};
const at = (lastSequence: number, more: Partial<InboxState> = {}): InboxState => ({ ...fresh, lastSequence, ...more });
const event = (sequence: number, isSkip = false): { sequence: number; fingerprint: string; isSkip: boolean } => ({
  sequence,
  fingerprint: 'same',
  isSkip,
});
const skip = (sequence: number): ReturnType<typeof event> => event(sequence, true);

interface Row {
  readonly given: string;
  readonly state: InboxState;
  readonly event: ReturnType<typeof event>;
  readonly arrival?: Arrival;
  readonly midStream?: string;
  readonly then: Decision['_tag'] | 'Hold gap' | 'Hold parked';
}

const rows: readonly Row[] = [
  { given: 'nothing seen, sequence 1', state: fresh, event: event(1), then: 'Apply' },
  { given: 'nothing seen, sequence 2', state: fresh, event: event(2), then: 'Hold gap' },
  { given: 'nothing seen, a skip of 1', state: fresh, event: skip(1), then: 'Apply' },
  { given: 'the next one', state: at(4), event: event(5), then: 'Apply' },
  { given: 'the next one is a skip', state: at(4), event: skip(5), then: 'Apply' },
  { given: 'one is missing', state: at(4), event: event(6), then: 'Hold gap' },
  { given: 'one is missing before a skip', state: at(4), event: skip(6), then: 'Hold gap' },
  { given: 'applied before', state: at(4, { applied: 'same' }), event: event(3), then: 'Duplicate' },
  { given: 'applied before, the very last', state: at(4, { applied: 'same' }), event: event(4), then: 'Duplicate' },
  { given: 'applied, now with other content', state: at(4, { applied: 'other' }), event: event(4), then: 'Violation' },
  { given: 'stored, comes again', state: at(4, { waiting: 'same' }), event: event(6), then: 'Duplicate' },
  { given: 'stored, now with other content', state: at(4, { waiting: 'other' }), event: event(6), then: 'Violation' },
  { given: 'a new ID at a settled sequence', state: at(4), event: event(4), then: 'Violation' },
  { given: 'a new ID far behind', state: at(4), event: event(1), then: 'Violation' },
  {
    given: 'the skipped event itself, late',
    state: at(4, { sequenceSkipped: true }),
    event: event(3),
    then: 'Duplicate',
  },
  { given: 'an event whose row was purged', state: at(4, { purgedThrough: 2 }), event: event(2), then: 'Duplicate' },
  { given: 'a new ID behind what was purged', state: at(4, { purgedThrough: 2 }), event: event(3), then: 'Violation' },
  { given: 'the next one, all before it purged', state: at(4, { purgedThrough: 4 }), event: event(5), then: 'Apply' },
  { given: 'a skip after the event was applied', state: at(4), event: skip(4), then: 'Duplicate' },
  { given: 'parked, the next one', state: at(4, { parked: true }), event: event(5), then: 'Hold parked' },
  { given: 'parked, a later one', state: at(4, { parked: true }), event: event(9), then: 'Hold parked' },
  { given: 'parked, a known one', state: at(4, { parked: true, applied: 'same' }), event: event(4), then: 'Duplicate' },
  { given: 'parked, a rewind', state: at(4, { parked: true }), event: event(2), then: 'Violation' },
  {
    given: 'stored and its turn has come',
    state: at(4, { waiting: 'same' }),
    event: event(5),
    arrival: 'stored',
    then: 'Apply',
  },
  {
    given: 'stored and still too early',
    state: at(4, { waiting: 'same' }),
    event: event(6),
    arrival: 'stored',
    then: 'Hold gap',
  },
  {
    given: 'stored and applied by another member meanwhile',
    state: at(5, { applied: 'same' }),
    event: event(5),
    arrival: 'stored',
    then: 'Duplicate',
  },
  {
    given: 'stored beside another with its sequence, which was applied',
    state: at(5, { waiting: 'same' }),
    event: event(5),
    arrival: 'stored',
    then: 'Violation',
  },
  { given: 'mid-stream, first seen', state: fresh, event: event(7), midStream: 'log start 9', then: 'Apply' },
  { given: 'mid-stream, a gap later on', state: at(7), event: event(9), midStream: 'log start 9', then: 'Hold gap' },
];

describe('sequence decisions', () => {
  for (const { given, state, event: received, arrival = 'topic', midStream, then } of rows)
    it(`given ${given} / then ${then}`, () => {
      const decision = decide(state, received, arrival, midStream);
      const told = decision._tag === 'Hold' ? `Hold ${decision.because}` : decision._tag;
      expect(told).to.equal(then);
    });

  it('given a first event mid-stream / then the baseline says where and why', () => {
    expect(decide(fresh, event(7), 'topic', 'the partition starts at offset 9')).to.deep.equal({
      _tag: 'Apply',
      baseline: { sequence: 7, because: 'the partition starts at offset 9' },
    });
  });

  it('given mid-stream allowed but a first event with sequence 1 / then there is no baseline to record', () => {
    expect(decide(fresh, event(1), 'topic', 'declared')).to.deep.equal({ _tag: 'Apply', baseline: undefined });
  });
});
