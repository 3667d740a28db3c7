import { benchEvent } from './bench-event.ts';

/** IDs of events 0 to `count - 1`. */
export const eventIdsUpTo = function* (count: number): Iterable<string> {
  for (let index = 0; index < count; index += 1) yield benchEvent(index).eventId;
};
