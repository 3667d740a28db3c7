import type { OrderStatus } from '../../src/domain/order/order.ts';

export const STATES: readonly OrderStatus[] = ['placed', 'paid', 'shipped', 'delivered', 'cancelled'];
const LIFE: readonly OrderStatus[] = ['placed', 'paid', 'shipped', 'delivered'];
const TOO_LATE: Readonly<Partial<Record<OrderStatus, string>>> = {
  paid: 'alreadyPaid',
  shipped: 'alreadyShipped',
  delivered: 'alreadyDelivered',
  cancelled: 'alreadyCancelled',
};

/**
 * How a command is refused in a state that is none of `allowed`, as the matrix of the tests names it: too early, it
 * names the state that is missing; too late, the one that is reached. Undefined when there is no such error yet.
 */
export const refusalOf = (state: OrderStatus, allowed: readonly OrderStatus[]): string | undefined => {
  const places = allowed.map((each) => LIFE.indexOf(each)).filter((place) => place >= 0);
  const place = LIFE.indexOf(state);
  if (place === -1 || places.length === 0) return TOO_LATE[state];
  const first = Math.min(...places);
  if (place > first) return TOO_LATE[state];
  if (LIFE[first] === 'paid') return 'notPaid';
  return LIFE[first] === 'shipped' ? `notShipped('${state}')` : undefined;
};

/** States in which the command is refused, but how is not known yet: a person has to say. */
export const unclearRefusals = (allowed: readonly OrderStatus[]): readonly OrderStatus[] =>
  STATES.filter((state) => !allowed.includes(state) && refusalOf(state, allowed) === undefined);
