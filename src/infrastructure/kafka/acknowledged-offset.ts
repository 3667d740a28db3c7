import type { PartitionAnswer } from './publishing-client.ts';

/** The client resolved a send, but its answer is no proof that this batch is stored in this partition. */
export class AcknowledgementError extends Error {
  override readonly name = 'AcknowledgementError';
}

/** The partition's offsets went back: the topic was deleted and created again, or acknowledged records were lost. */
export class OffsetsWentBack extends Error {
  override readonly name = 'OffsetsWentBack';
}

/**
 * The base offset of an acknowledged batch. Throws unless the answer names exactly `topic` and `partition`,
 * without an error, at an offset above `lastOffset` (the last one acknowledged before, or -1).
 */
export const acknowledgedOffset = (
  answers: readonly PartitionAnswer[],
  topic: string,
  partition: number,
  lastOffset: number,
): number => {
  const [answer, ...others] = answers;
  if (answer === undefined)
    throw new AcknowledgementError(`nothing was sent: the topic's metadata does not name partition ${partition}`);
  if (others.length > 0 || answer.topicName !== topic || answer.partition !== partition)
    throw new AcknowledgementError(`the answer names other partitions than ${topic}/${partition}`);
  if (answer.errorCode !== 0) throw new AcknowledgementError(`the answer carries error code ${answer.errorCode}`);
  const baseOffset = /^\d+$/.test(answer.baseOffset ?? '') ? Number(answer.baseOffset) : Number.NaN;
  if (!Number.isSafeInteger(baseOffset))
    throw new AcknowledgementError(`the answer carries no base offset (${answer.baseOffset ?? 'none'})`);
  if (baseOffset <= lastOffset)
    throw new OffsetsWentBack(
      `partition ${partition} stored a batch at offset ${baseOffset}, though offset ${lastOffset} was acknowledged before: ` +
        'the topic was created again or acknowledged records were lost; check the topic, then restart the relay',
    );
  return baseOffset;
};
