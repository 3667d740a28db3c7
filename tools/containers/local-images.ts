import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DockerEngine } from '../environment/docker-engine.ts';
import type { Progress } from '../environment/progress.ts';
import { buildImageRoot } from '../image/build-image-root.ts';
import { imageInstructions } from '../image/dockerfile.ts';
import { obtainContainerTools } from './container-tools.ts';
import { importImage } from './import-image.ts';
import { KAFKA_CHANGES, kafkaRoot } from './kafka-root.ts';
import { MYSQL_CHANGES, mysqlRoot } from './mysql-root.ts';
import { nodeBuildRoot, nodeRuntimeRoot } from './node-roots.ts';

/* Images from what this machine has, where none can be pulled: each is the root file system of one program. */

/** Named as images of a registry that there is not, so that none of these is ever taken for another or pulled. */
const IMAGES = {
  mysql: 'orderly.invalid/mysql:local',
  kafka: 'orderly.invalid/kafka:local',
  /** The service, by the steps that the Dockerfile takes, but without it. */
  service: 'orderly.invalid/orderly:local',
  /** The base of the Dockerfile's first stage, and of its second. */
  nodeBuild: 'orderly.invalid/node-build:local',
  nodeRuntime: 'orderly.invalid/node-runtime:local',
} as const;
export type LocalImages = typeof IMAGES;

/** As the Dockerfile's second stage is. */
const serviceRoot = async (root: string): Promise<void> => {
  await nodeRuntimeRoot(root);
  await buildImageRoot(join(root, 'app'));
};

/** What the second stage says of the image; its files are there already. */
const serviceChanges = (): readonly string[] =>
  imageInstructions()
    .filter(([name]) => name !== 'COPY')
    .map(([name, text]) => `${name} ${text}`);

/** Makes all of them below `work`, which exists and is emptied again. */
export const makeLocalImages = async (engine: DockerEngine, work: string, progress: Progress): Promise<LocalImages> => {
  const tools = await obtainContainerTools(progress);
  /** `fill` answers instructions of a Dockerfile. */
  const make = async (name: keyof LocalImages, fill: (root: string) => Promise<readonly string[]>): Promise<void> => {
    progress(`docker: making the image ${IMAGES[name]}`);
    const root = join(work, name);
    await mkdir(root);
    await importImage(engine, root, IMAGES[name], await fill(root));
    await rm(root, { recursive: true });
  };
  await make('mysql', (root) => mysqlRoot(root, tools, progress).then(() => MYSQL_CHANGES));
  await make('kafka', (root) => kafkaRoot(root, tools, progress).then(() => KAFKA_CHANGES));
  await make('service', (root) => serviceRoot(root).then(serviceChanges));
  await make('nodeBuild', (root) => nodeBuildRoot(root, tools));
  await make('nodeRuntime', (root) => nodeRuntimeRoot(root).then(() => []));
  return IMAGES;
};
