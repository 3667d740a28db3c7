/** Name of a lane's lease. */
export const leaseNameOf = (lane: number): string => `lane-${lane}`;

/**
 * How many of `lanes` the relay `owner` leads when it shares them with `members`, the longest a member first: whole
 * lanes, nobody more than one above another, all lanes in total. What does not divide evenly goes to the eldest, so
 * that a relay that joins takes from the others no more than it must; with more relays than lanes it stands by. A
 * relay that is not among the members counts as the youngest.
 */
export const shareOf = (owner: string, members: readonly string[], lanes: number): number => {
  const relays = members.includes(owner) ? members : [...members, owner];
  const least = Math.floor(lanes / relays.length);
  return relays.indexOf(owner) < lanes % relays.length ? least + 1 : least;
};
