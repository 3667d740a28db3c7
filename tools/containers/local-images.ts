import { chmod, copyFile, cp, mkdir, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DockerEngine } from '../environment/docker-engine.ts';
import { EnvironmentError } from '../environment/environment-error.ts';
import { findJava } from '../environment/java.ts';
import { obtainKafkaJars } from '../environment/kafka-jars.ts';
import { obtainMySqlPrefix } from '../environment/mysql-prefix.ts';
import type { Progress } from '../environment/progress.ts';
import { buildImageRoot } from '../image/build-image-root.ts';
import { imageInstructions } from '../image/dockerfile.ts';
import { addLibrariesOf, addProgram } from './add-program.ts';
import { obtainContainerTools } from './container-tools.ts';
import { importImage } from './import-image.ts';

/*
 * Images from what this machine has, where none can be pulled: each is the root file system of one program. MySQL's and Kafka's
 * behave as the official ones do, as far as the environment asks it of them.
 */

/** Named as images of a registry that there is not, so that none of these is ever taken for another or pulled. */
const IMAGES = {
  mysql: 'orderly.invalid/mysql:local',
  kafka: 'orderly.invalid/kafka:local',
  service: 'orderly.invalid/orderly:local',
} as const;
export type LocalImages = typeof IMAGES;

const MYSQL_START = `#!/bin/sh
set -e
data=/var/lib/mysql
if [ ! -d "$data/mysql" ]; then
  mysqld --no-defaults --user=root --initialize-insecure --datadir="$data"
fi
exec mysqld --no-defaults --user=root --datadir="$data" --socket=/tmp/mysql.sock --pid-file=/tmp/mysqld.pid "$@"
`;

/** KAFKA_NODE_ID is the property node.id, as in the official image. */
const KAFKA_START = `#!/bin/sh
set -e
export CLASSPATH="/jars/*"
env | awk -F= '/^KAFKA_/ && !/^KAFKA_HEAP_OPTS=/ {
  name = tolower(substr($1, 7)); gsub("_", ".", name); print name "=" substr($0, length($1) + 2)
}' > /tmp/server.properties
echo "log.dirs=/tmp/kafka-data" >> /tmp/server.properties
if [ ! -d /tmp/kafka-data ]; then
  java -XX:TieredStopAtLevel=1 kafka.tools.StorageTool format --cluster-id "$CLUSTER_ID" --config /tmp/server.properties
fi
exec java $KAFKA_HEAP_OPTS -XX:+UseSerialGC -XX:TieredStopAtLevel=1 kafka.Kafka /tmp/server.properties
`;

const addShell = async (root: string, tools: string, start: string): Promise<void> => {
  for (const directory of ['bin', 'tmp', 'etc']) await mkdir(join(root, directory), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  await copyFile(join(tools, 'bin/busybox'), join(root, 'bin/busybox'));
  for (const name of ['sh', 'env', 'awk']) await symlink('busybox', join(root, 'bin', name));
  await writeFile(join(root, 'start.sh'), start, { mode: 0o755 });
};

const mysqlRoot = async (root: string, tools: string, progress: Progress): Promise<void> => {
  const prefix = await obtainMySqlPrefix(progress);
  await cp(join(prefix.root, 'usr'), join(root, 'usr'), { recursive: true, verbatimSymlinks: true });
  for (const name of ['lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  await addShell(root, tools, MYSQL_START);
  await mkdir(join(root, 'var/lib/mysql'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
};

/** Of a Java, what no broker loads. */
const NOT_OF_BROKER =
  /\/(jmods|docs|man|legal|include|src\.zip|demo)$|lib(awt|font|javajpeg|lcms|mlib|jsound|splash|freetype)[^/]*\.so$/;

const kafkaRoot = async (root: string, tools: string, progress: Progress): Promise<void> => {
  const java = await findJava();
  if (typeof java === 'string') throw new EnvironmentError(java);
  const home = dirname(dirname(await realpath(java.path)));
  const isWanted = (path: string): boolean => !NOT_OF_BROKER.test(path);
  await cp(home, join(root, 'java'), { recursive: true, dereference: true, filter: isWanted });
  await addLibrariesOf(root, join(home, 'bin/java'));
  for (const name of await readdir(join(home, 'lib'), { recursive: true }))
    if (name.endsWith('.so') && isWanted(`/${name}`)) await addLibrariesOf(root, join(home, 'lib', name));
  await cp((await obtainKafkaJars(progress)).directory, join(root, 'jars'), { recursive: true });
  await addShell(root, tools, KAFKA_START);
};

/** As the Dockerfile's second stage is: Node where distroless has it, a user, the application; no shell. */
const serviceRoot = async (root: string): Promise<void> => {
  await addProgram(root, process.execPath, '/nodejs/bin/node');
  await mkdir(join(root, 'etc'), { recursive: true });
  await writeFile(join(root, 'etc/passwd'), 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin\n');
  await buildImageRoot(join(root, 'app'));
};

/** What the second stage says of the image; its files are there already. */
const serviceChanges = (): readonly string[] =>
  imageInstructions()
    .filter(([name]) => name !== 'COPY')
    .map(([name, text]) => `${name} ${text}`);

/** Makes the images of MySQL, Kafka and the service below `work`, which exists and is emptied again. */
export const makeLocalImages = async (engine: DockerEngine, work: string, progress: Progress): Promise<LocalImages> => {
  const tools = await obtainContainerTools(progress);
  const make = async (
    name: keyof LocalImages,
    fill: (root: string) => Promise<void>,
    changes: readonly string[],
  ): Promise<void> => {
    progress(`docker: making the image ${IMAGES[name]}`);
    const root = join(work, name);
    await mkdir(root);
    await fill(root);
    await importImage(engine, root, IMAGES[name], changes);
    await rm(root, { recursive: true });
  };
  await make('mysql', (root) => mysqlRoot(root, tools, progress), [
    'ENV PATH=/usr/sbin:/bin',
    'ENTRYPOINT ["/bin/sh", "/start.sh"]',
  ]);
  await make('kafka', (root) => kafkaRoot(root, tools, progress), [
    'ENV PATH=/java/bin:/bin',
    'ENTRYPOINT ["/bin/sh", "/start.sh"]',
  ]);
  await make('service', serviceRoot, serviceChanges());
  return IMAGES;
};
