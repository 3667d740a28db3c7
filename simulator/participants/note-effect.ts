import type { EffectTransaction } from '../../src/consumer-kit.ts';

/** What an effect is an effect of. */
export interface EffectOrigin {
  readonly eventId: string;
  readonly orderId: string;
  readonly sequence: number;
}

/**
 * Notes one effect in table `effects`, which every participant has in the same shape so that a checker can read it.
 * It has no unique key on the event on purpose: an effect that happens twice must be seen twice.
 */
export const noteEffect = async (
  tx: EffectTransaction,
  consumer: string,
  { eventId, orderId, sequence }: EffectOrigin,
  kind: string,
  detail: string,
): Promise<void> => {
  await tx.execute(
    'INSERT INTO effects (consumer, event_id, order_id, sequence, kind, detail) VALUES (?, ?, ?, ?, ?, ?)',
    [consumer, eventId, orderId, sequence, kind, detail.slice(0, 500)],
  );
};
