import type { IncomingEvent } from '../ports/consumed-record.ts';
import type { Baseline, InboxState } from '../ports/inbox.ts';

/** What is to be done with an event, given what the consumer knows. */
export type Decision =
  /** It is the next one: run the effect and note it. A skip is noted without an effect. */
  | { readonly _tag: 'Apply'; readonly baseline: Baseline | undefined }
  /** Its ID is known, or its sequence was settled by a skip: drop it. */
  | { readonly _tag: 'Duplicate' }
  /** Its turn has not come: store it. */
  | { readonly _tag: 'Hold'; readonly because: 'gap' | 'parked' }
  /** It contradicts what was seen before: keep it as evidence and park the order. */
  | { readonly _tag: 'Violation'; readonly reason: string };

/** `stored` events were held before and are looked at again; the others come from the topic. */
export type Arrival = 'topic' | 'stored';

/**
 * Order and exactly-once, decided. In this order:
 * 1. a known event ID is a duplicate when its content is the same, a violation when it differs;
 * 2. a sequence that is settled already: a duplicate when it was skipped, when the newcomer is a skip that comes after
 *    the event itself was applied, or when what was known of that sequence is purged, so that it cannot be told from the
 *    event itself; else a rewind, which is a violation;
 * 3. a parked order stores everything else;
 * 4. the next sequence is applied, a later one is a gap and stored.
 *
 * `midStream` says why the first event seen of an order may have a sequence above 1: earlier ones were deleted
 * from the topic, or the group declares that it started in the middle. Undefined: it may not.
 */
export const decide = (
  state: InboxState,
  event: Pick<IncomingEvent, 'sequence' | 'fingerprint' | 'isSkip'>,
  arrival: Arrival,
  midStream: string | undefined,
): Decision => {
  const known = state.applied ?? (arrival === 'topic' ? state.waiting : undefined);
  if (known !== undefined)
    return known === event.fingerprint
      ? { _tag: 'Duplicate' }
      : { _tag: 'Violation', reason: 'the same event ID came before with other content' };

  if (event.sequence <= state.lastSequence)
    return state.sequenceSkipped || event.isSkip || event.sequence <= state.purgedThrough
      ? { _tag: 'Duplicate' }
      : {
          _tag: 'Violation',
          reason: `rewind: sequence ${event.sequence} came with a new event ID after sequence ${state.lastSequence} was settled`,
        };

  if (state.parked) return { _tag: 'Hold', because: 'parked' };
  if (event.sequence === state.lastSequence + 1) return { _tag: 'Apply', baseline: undefined };
  if (state.lastSequence === 0 && midStream !== undefined)
    return { _tag: 'Apply', baseline: { sequence: event.sequence, because: midStream } };
  return { _tag: 'Hold', because: 'gap' };
};
