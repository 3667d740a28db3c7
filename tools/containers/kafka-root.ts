import { cp, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EnvironmentError } from '../environment/environment-error.ts';
import { findJava } from '../environment/java.ts';
import { obtainKafkaJars } from '../environment/kafka-jars.ts';
import { mavenProject } from '../environment/maven-project.ts';
import type { Progress } from '../environment/progress.ts';
import { addLibrariesOf } from './add-program.ts';
import { addScript, addShell } from './add-shell.ts';

/** A command is run in place of the broker; KAFKA_NODE_ID is the property node.id: both as in the official image. */
const START = `#!/bin/sh
set -e
[ $# -eq 0 ] || exec "$@"
export CLASSPATH="/jars/*" KAFKA_LOG_DIRS="\${KAFKA_LOG_DIRS:-/tmp/kafka-data}"
env | awk -F= '/^KAFKA_/ && !/^KAFKA_HEAP_OPTS=/ {
  name = tolower(substr($1, 7)); gsub("_", ".", name); print name "=" substr($0, length($1) + 2)
}' > /tmp/server.properties
if [ ! -f "$KAFKA_LOG_DIRS/meta.properties" ]; then
  java -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format --cluster-id "\${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}" \\
    --config /tmp/server.properties
fi
exec java $KAFKA_HEAP_OPTS -XX:+UseSerialGC -XX:TieredStopAtLevel=1 kafka.Kafka /tmp/server.properties
`;

const TOPICS = `#!/bin/sh
exec java -cp "/jars/*:/tools/*" -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 org.apache.kafka.tools.TopicCommand "$@"
`;

/** Of a Java, what no broker loads. */
const NOT_OF_BROKER =
  /\/(jmods|docs|man|legal|include|src\.zip|demo)$|lib(awt|font|javajpeg|lcms|mlib|jsound|splash|freetype)[^/]*\.so$/;

export const KAFKA_CHANGES = ['ENV PATH=/java/bin:/bin', 'ENTRYPOINT ["/bin/sh", "/start.sh"]'] as const;

/** Kafka below \`root\`, with its command for topics; it behaves as the official image does, as far as we ask it. */
export const kafkaRoot = async (root: string, tools: string, progress: Progress): Promise<void> => {
  const java = await findJava();
  if (typeof java === 'string') throw new EnvironmentError(java);
  const home = dirname(dirname(await realpath(java.path)));
  const isWanted = (path: string): boolean => !NOT_OF_BROKER.test(path);
  await cp(home, join(root, 'java'), { recursive: true, dereference: true, filter: isWanted });
  await addLibrariesOf(root, join(home, 'bin/java'));
  for (const name of await readdir(join(home, 'lib'), { recursive: true }))
    if (name.endsWith('.so') && isWanted(`/${name}`)) await addLibrariesOf(root, join(home, 'lib', name));
  await cp((await obtainKafkaJars(progress)).directory, join(root, 'jars'), { recursive: true });
  const { jars } = await mavenProject(join(import.meta.dirname, 'kafka-tools'), progress);
  await cp(jars, join(root, 'tools'), { recursive: true });
  await addShell(root, tools);
  await addScript(root, 'start.sh', START);
  await addScript(root, 'opt/kafka/bin/kafka-topics.sh', TOPICS);
};
