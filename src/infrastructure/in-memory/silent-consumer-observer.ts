import type { ConsumerObserver } from '../../application/ports/consumer-observer.ts';

const nothing = (): undefined => undefined;

/** For consumers that nobody watches. */
export const silentConsumerObserver: ConsumerObserver = {
  applied: nothing,
  duplicate: nothing,
  held: nothing,
  parked: nothing,
  handlerFailed: nothing,
  paused: nothing,
  resumed: nothing,
  callbackDelivered: nothing,
  callbackRetried: nothing,
  callbackRefused: nothing,
  restarted: nothing,
  offsetOutOfRange: nothing,
  failed: nothing,
};
