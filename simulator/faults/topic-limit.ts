import kafkajs from 'kafkajs';
import type { House } from '../run/house.ts';

// kafkajs is CommonJS: these names cannot be imported by an ES module.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

const LIMIT = 'max.message.bytes';

/**
 * Sets how large a record of the topic may be. Kafka replaces the whole set of a topic's settings, so those set
 * before are sent again.
 */
export const setTopicLimit = ({ admin, topic }: Pick<House, 'admin' | 'topic'>, bytes: number): Promise<void> =>
  admin(async (client) => {
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    const { resources } = await client.describeConfigs({ resources: [resource], includeSynonyms: false });
    const kept = (resources[0]?.configEntries ?? [])
      .filter(({ configSource, configName }) => configSource === ConfigSource.TOPIC_CONFIG && configName !== LIMIT)
      .map(({ configName, configValue }) => ({ name: configName, value: configValue }));
    const configEntries = [...kept, { name: LIMIT, value: String(bytes) }];
    await client.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  });
