/** A lane with something new, or `any`: nobody knows which. */
export type RungLane = number | 'any';

const VERSION = 1;
const bitOf = (lane: number): number => 1 << (lane & 7);

/**
 * What is sent over the wire: the version in one byte, then one bit for each of `lanes`, lowest first. `any` is the
 * version alone. Nothing else is in it, so nothing can be learned or done by it but one look at the outbox.
 */
export const encodeRing = (rung: ReadonlySet<RungLane>, lanes: number): Uint8Array => {
  if (rung.has('any')) return Uint8Array.of(VERSION);
  const datagram = new Uint8Array(1 + Math.ceil(lanes / 8));
  datagram[0] = VERSION;
  for (const lane of rung) {
    if (lane === 'any' || lane >= lanes) continue;
    const at = 1 + (lane >> 3);
    datagram[at] = (datagram[at] ?? 0) | bitOf(lane);
  }
  return datagram;
};

/** Undefined: another version or length, a lane that there is not, or none at all. */
export const decodeRing = (datagram: Uint8Array, lanes: number): readonly RungLane[] | undefined => {
  if (datagram[0] !== VERSION) return undefined;
  if (datagram.length === 1) return ['any'];
  if (datagram.length !== 1 + Math.ceil(lanes / 8)) return undefined;
  const rung: number[] = [];
  for (let lane = 0; lane < (datagram.length - 1) * 8; lane += 1)
    if (((datagram[1 + (lane >> 3)] ?? 0) & bitOf(lane)) !== 0) rung.push(lane);
  return rung.length > 0 && rung.every((lane) => lane < lanes) ? rung : undefined;
};
