import kafkajs from 'kafkajs';
import type { CompressionTypes, Message } from 'kafkajs';

/*
 * Lets kafkajs send records that are encoded already. Its own encoder makes a buffer for each header of each record: with
 * our eleven headers that is more than all else a relay does (ADR 0015). Whatever kafkajs does for its connections,
 * metadata, leaders and answers stays as it is.
 *
 * The way in is its hook for compression codecs: a codec is handed the records of a batch and answers the bytes that are
 * sent in their place. Ours answers bytes that wait for it under a ticket, which the first record carries as its key. Of
 * a codec's number only the lowest three bits go into the batch, and of this one they say "not compressed".
 */

interface Encoded {
  readonly buffer: Buffer;
}

const TICKET = /<(\d+)>/;
/** The ticket is found within the first bytes. */
const LOOK_AT = 64;
const STAND_IN: Message = { value: null };

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

/** Runs `send` with messages that stand for the `count` records that `bytes` holds, one or more; the client counts them. */
export const withStandIns = async <A>(
  bytes: Buffer,
  count: number,
  send: (messages: Message[]) => Promise<A>,
): Promise<A> => {
  tickets += 1;
  const ticket = `${tickets}`;
  const messages = new Array<Message>(count).fill(STAND_IN);
  messages[0] = { key: `<${ticket}>`, value: null };
  waiting.set(ticket, bytes);
  try {
    return await send(messages);
  } finally {
    waiting.delete(ticket);
  }
};
