import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';

// kafkajs is CommonJS: of its values, Node sees only the first ones as named exports.
const { ConfigResourceTypes } = kafkajs;

/** The topic's effective settings, by name. Rejects with what kafkajs throws. */
export const readTopicConfig = async (
  admin: Admin,
  topic: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [...names] }],
  });
  const entries = resources.flatMap((resource) => resource.configEntries);
  return new Map(entries.map((entry) => [entry.configName, entry.configValue]));
};
