import type { DockerEngine } from '../../tools/environment/docker-engine.ts';

/** Where the engine of these tests listens. */
export const engineConnection = (): DockerEngine['connection'] => ({
  socketPath: new URL(process.env['DOCKER_HOST'] ?? '').pathname,
});
