import type { Matches } from './fault-proxy.ts';

const COM_QUERY = '\u0003';
/** Length, API key, API version, correlation ID. */
const KAFKA_HEADER_BYTES = 12;
const PRODUCE = 0;

/** A driver that has agreed on query attributes sends that there are none, in one set. */
const NO_ATTRIBUTES = '\u0000\u0001';

/** The client tells MySQL to commit. */
export const isCommit: Matches = (chunk) =>
  chunk.includes(`${COM_QUERY}COMMIT`) || chunk.includes(`${COM_QUERY}${NO_ATTRIBUTES}COMMIT`);

/** A produce request begins with this chunk. Large requests come in several chunks; only the first has the header. */
export const isProduce: Matches = (chunk) =>
  chunk.length > KAFKA_HEADER_BYTES &&
  chunk.readInt32BE(0) + 4 >= chunk.length &&
  chunk.readInt16BE(4) === PRODUCE &&
  chunk.readInt16BE(6) <= 20;
