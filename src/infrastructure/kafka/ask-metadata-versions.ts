import { tlsOptionsOf } from '../tls-trust.ts';
import { apiVersionsRequest, readApiVersions } from './api-versions.ts';
import type { MetadataVersions } from './api-versions.ts';
import { openBrokerSocket } from './broker-socket.ts';
import type { KafkaAccess } from './kafka-access.ts';
import { withDeadline } from './with-deadline.ts';

/** Connecting included. */
const ANSWER_MS = 5_000;
/** Real ones have some hundred bytes. */
const MOST_BYTES = 1_048_576;

/**
 * Asks one broker, on a connection of its own, which Kafka it is; over TLS where `access` says so, without a name, which
 * the broker does not want to know for this. Rejects when there is no answer, or one that is none.
 */
export const askMetadataVersions = async (
  { host, port }: { readonly host: string; readonly port: number },
  { tls }: KafkaAccess = {},
): Promise<MetadataVersions> => {
  const socket = openBrokerSocket({ host, port, ssl: tls === undefined ? null : tlsOptionsOf(tls) }, () =>
    socket.write(apiVersionsRequest()),
  );
  const answer = new Promise<Buffer>((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the broker closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < 4) return;
      const length = bytes.readInt32BE();
      if (length > MOST_BYTES) reject(new Error(`this is no broker: it answers ${length} bytes`));
      else if (bytes.length >= length + 4) resolve(bytes.subarray(4, length + 4));
    });
  });
  try {
    return readApiVersions(await withDeadline(answer, ANSWER_MS, () => new Error(`no answer in ${ANSWER_MS} ms`)));
  } finally {
    answer.catch(() => undefined);
    socket.destroy();
  }
};
