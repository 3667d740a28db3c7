import * as E from 'fp-ts/lib/Either.js';
import { decodeServiceConfig, describeConfigProblem, type ServiceConfig } from '../../src/infrastructure/config.ts';
import { PARTITIONS } from '../events/outbox-row.ts';

/** The service's settings in a process of the bench: its defaults, but for what the environment says. */
export const serviceConfig = (): ServiceConfig => {
  const config = decodeServiceConfig({
    ORDER_PARTITIONS: `${PARTITIONS}`,
    HTTP_PORT: '0',
    LOG_LEVEL: 'warn',
    ...process.env,
  });
  if (E.isLeft(config)) throw new Error(config.left.map(describeConfigProblem).join('; '));
  return config.right;
};
