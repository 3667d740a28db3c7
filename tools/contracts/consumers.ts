import { consumerStances } from '../events/consumer-sources.ts';

/** What a consumer of this checkout handles, as it declares. */
export interface KnownConsumer {
  readonly name: string;
  /** Types of events; also one that is in the catalog no more. */
  readonly handles: ReadonlySet<string>;
}

/** The consumers in the sources below `root`, as `order event list` shows them. */
export const knownConsumers = async (root: string): Promise<readonly KnownConsumer[]> =>
  (await consumerStances(root)).map(({ consumer, stances }) => ({
    name: consumer,
    handles: new Set([...stances].flatMap(([type, stance]) => (stance === 'handles' ? [type] : []))),
  }));

export const consumersOf = (type: string, consumers: readonly KnownConsumer[]): readonly string[] =>
  consumers.filter(({ handles }) => handles.has(type)).map(({ name }) => name);
