/*
 * Request and answer ApiVersions, version 3: the only one in which a broker tells of its features (KIP-584), which
 * kafkajs does not speak. A broker takes it before anybody has said who he is, and reads nothing else from it.
 */

const API_KEY = 18;
const API_VERSION = 3;
const CORRELATION_ID = 1;
const METADATA_VERSION = 'metadata.version';
/** Numbers of the tagged fields. */
const SUPPORTED = 0;
const FINALIZED = 2;

/** What a broker says of the feature that stands for its version; undefined: nothing, as without KRaft. */
export interface MetadataVersions {
  /** The highest level that its program knows. */
  readonly supported: number | undefined;
  /** What the whole cluster works with. */
  readonly finalized: number | undefined;
}

/** Shorter than 127 bytes: the length of a compact string is then one byte. */
const compactString = (text: string): Buffer => Buffer.concat([Buffer.from([text.length + 1]), Buffer.from(text)]);
const NO_TAGS = Buffer.from([0]);

/** With its length in front, as it is sent. */
export const apiVersionsRequest = (): Buffer => {
  const header = Buffer.alloc(10);
  header.writeInt16BE(API_KEY, 0);
  header.writeInt16BE(API_VERSION, 2);
  header.writeInt32BE(CORRELATION_ID, 4);
  // No client ID.
  header.writeInt16BE(-1, 8);
  const body = Buffer.concat([header, NO_TAGS, compactString('orderly'), compactString('1'), NO_TAGS]);
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length);
  return Buffer.concat([length, body]);
};

/** Reads on from where it stands. Throws RangeError behind the end. */
class Reader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  uvarint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes.readUInt8(this.skip(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint without an end');
  }

  text(): string {
    const length = this.uvarint() - 1;
    const from = this.skip(length);
    return this.bytes.toString('utf8', from, from + length);
  }

  list<A>(item: () => A): readonly A[] {
    return Array.from({ length: this.uvarint() - 1 }, item);
  }

  /** Calls `read` for each tagged field, and goes on behind it, whatever was read of it. */
  tags(read: (tag: number) => void = () => undefined): void {
    for (let left = this.uvarint(); left > 0; left -= 1) {
      const tag = this.uvarint();
      const size = this.uvarint();
      const end = this.skip(size) + size;
      this.at = end - size;
      read(tag);
      this.at = end;
    }
  }

  /** Moves on, and answers from where. */
  private skip(bytes: number): number {
    const from = this.at;
    if (bytes < 0 || from + bytes > this.bytes.length) throw new RangeError('the answer ends too early');
    this.at = from + bytes;
    return from;
  }
}

/** The two levels that a feature comes with, in the order in which they are sent, by its name. */
const featureLevels = (answer: Reader): ReadonlyMap<string, readonly [number, number]> =>
  new Map(
    answer.list((): readonly [string, readonly [number, number]] => {
      const name = answer.text();
      const levels = [answer.int16(), answer.int16()] as const;
      answer.tags();
      return [name, levels];
    }),
  );

/**
 * Of an answer without its length in front. A broker before 2.4 refuses this version of the request: it has no features.
 * Throws RangeError when the bytes are no such answer.
 */
export const readApiVersions = (bytes: Buffer): MetadataVersions => {
  const answer = new Reader(bytes);
  if (answer.int32() !== CORRELATION_ID) throw new RangeError('an answer to another question');
  if (answer.int16() !== 0) return { supported: undefined, finalized: undefined };
  answer.list(() => {
    for (let field = 0; field < 3; field += 1) answer.int16();
    answer.tags();
  });
  // For how long it was throttled.
  answer.int32();
  let supported: number | undefined;
  let finalized: number | undefined;
  answer.tags((tag) => {
    // A supported range is sent from its low end, a finalized one from its high end.
    if (tag === SUPPORTED) supported = featureLevels(answer).get(METADATA_VERSION)?.[1];
    if (tag === FINALIZED) finalized = featureLevels(answer).get(METADATA_VERSION)?.[0];
  });
  return { supported, finalized };
};
