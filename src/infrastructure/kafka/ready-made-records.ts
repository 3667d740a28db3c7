import kafkajs from 'kafkajs';
import type { CompressionTypes, Message } from 'kafkajs';

/*
 * Lets kafkajs send records that are encoded already. Its own encoder makes a buffer for each header of each record: with
 * our eleven headers that is more than all else a relay does (ADR 0015). Whatever kafkajs does for its connections,
 * metadata, leaders and answers stays as it is.
 *
 * The way in is its hook for compression codecs: a codec is handed the records of a batch and answers the bytes that are
 * sent in their place. Ours answers bytes that wait for it under a ticket, which each message carries as its key. Of
 * a codec's number only the lowest three bits go into the batch, and of this one they say "not compressed".
 */

interface Encoded {
  readonly buffer: Buffer;
}

const TICKET = /<(\d+)>/;
/** The ticket is found within the first bytes. */
const LOOK_AT = 64;

const waiting = new Map<string, Buffer>();
let tickets = 0;

const compress = ({ buffer }: Encoded): Promise<Buffer> => {
  const ticket = TICKET.exec(buffer.toString('latin1', 0, LOOK_AT))?.[1] ?? '';
  const bytes = waiting.get(ticket);
  return bytes === undefined
    ? Promise.reject(new Error(`no records wait under ticket ${ticket}`))
    : Promise.resolve(bytes);
};

const isRegistered = (codec: number): codec is CompressionTypes => Object.hasOwn(kafkajs.CompressionCodecs, codec);

const register = (codec: number): CompressionTypes => {
  Object.assign(kafkajs.CompressionCodecs, { [codec]: () => ({ compress }) });
  if (!isRegistered(codec)) throw new Error('the Kafka client takes no codec');
  return codec;
};

/** `compression` of a send whose messages come from `withStandIns`. */
export const READY_MADE = register(8);

/**
 * So many messages, each of them `message`, whose two methods that kafkajs walks over a batch with do their work once and
 * not for each message. It groups them by partition, and copies the group for each message that joins it: for 500 of them
 * 1 MB of arrays, four tenths of all that a draining relay allocated. And it encodes each of them into a buffer of its own.
 * What walks over them otherwise finds an ordinary array.
 */
const alike = (message: Message, count: number): Message[] => {
  const messages = new Array<Message>(count).fill(message);
  const map = <B>(of: (each: Message, index: number, all: Message[]) => B): B[] =>
    new Array<B>(count).fill(of(message, 0, messages));
  const reduce = <B extends object>(into: (groups: B, each: Message) => B, groups: B): B =>
    Object.assign(
      groups,
      Object.fromEntries(Object.keys(into(groups, message)).map((partition) => [partition, messages])),
    );
  return Object.assign(messages, { map, reduce });
};

/** Runs `send` with messages that stand for the `count` records that `bytes` holds, one or more; the client counts them. */
export const withStandIns = async <A>(
  bytes: Buffer,
  count: number,
  send: (messages: Message[]) => Promise<A>,
): Promise<A> => {
  tickets += 1;
  const ticket = `${tickets}`;
  waiting.set(ticket, bytes);
  try {
    return await send(alike({ key: `<${ticket}>`, value: null }, count));
  } finally {
    waiting.delete(ticket);
  }
};
