import * as E from 'fp-ts/lib/Either.js';
import { decodeServiceConfig } from '../infrastructure/config.ts';
import { openApiOf, openApiText } from '../interfaces/http/openapi.ts';
import { createService } from './create-service.ts';

/** Nothing is asked of either: the service is made, and never started. */
const NOBODY = { MYSQL_URL: 'mysql://nobody@127.0.0.1:1/orders', KAFKA_BROKERS: '127.0.0.1:1', LOG_LEVEL: 'silent' };

/** `/openapi.json` as the API serves it, byte for byte, without a MySQL or a Kafka. */
export const describeHttp = async (): Promise<string> => {
  const config = decodeServiceConfig(NOBODY);
  if (E.isLeft(config)) throw new TypeError(`settings refused: ${JSON.stringify(config.left)}`);
  const service = await createService(config.right, 'api');
  await service.stop();
  return openApiText(openApiOf(service.operations));
};
