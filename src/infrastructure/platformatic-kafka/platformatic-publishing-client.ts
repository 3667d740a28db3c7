import type { PublishingClient, PublishingOptions } from '../kafka/publishing-client.ts';
import { classifyPlatformaticError, isBrokerAnswer } from './classify-platformatic-error.ts';
import type { PlatformaticKafka } from './load-platformatic-kafka.ts';
import { PlatformaticLimitsReader } from './platformatic-limits-reader.ts';
import { PlatformaticPartitionProducer } from './platformatic-partition-producer.ts';

/**
 * Each producer, and so each one after a cut, asks the brokers in another order: one that is frozen takes connections and
 * answers nothing, and would be asked first for ever.
 */
export const platformaticPublishingClient = (
  kafka: PlatformaticKafka,
  options: PublishingOptions,
): PublishingClient => {
  let turn = 0;
  const inTurn = (): PublishingOptions => {
    const first = turn % options.brokers.length;
    turn += 1;
    return { ...options, brokers: [...options.brokers.slice(first), ...options.brokers.slice(0, first)] };
  };
  return {
    producerFor: (partition) => new PlatformaticPartitionProducer(kafka, inTurn(), partition),
    limitsReader: () => new PlatformaticLimitsReader(kafka, inTurn()),
    classify: classifyPlatformaticError,
    isBrokerAnswer,
  };
};
