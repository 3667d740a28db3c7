import { encodeEnvelope } from '../../src/interfaces/contract/envelope.ts';
import { eventSchemas } from '../../src/interfaces/contract/event-schemas.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import { readGolden } from './goldens.ts';
import type { Golden } from './goldens.ts';
import type { Released } from './released.ts';

/** One version of an event with its example: the golden, and the record as which it lies on the topic. */
export interface ContractMessage extends EventSchema {
  readonly isNewest: boolean;
  readonly golden: Golden;
  readonly record: ReturnType<typeof encodeEnvelope>;
}

const EXAMPLE_ORDER = '0197e0f5-7c3a-7cc1-9f5e-3b1f4a7d2c10';
const EXAMPLE_EVENT = '0197e0f5-7c3b-7000-8000-000000000001';
const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const recordOf = ({ type, version, occurredAt, payload }: Golden): ContractMessage['record'] =>
  encodeEnvelope({
    eventId: EXAMPLE_EVENT,
    type,
    version,
    orderId: EXAMPLE_ORDER,
    sequence: 1,
    occurredAt,
    payload: JSON.stringify(payload),
    headers: { traceparent: TRACEPARENT, ce_traceparent: TRACEPARENT },
  });

/** Every version that lies or may lie on the topic: of each event the released ones, then today's. */
export const contractMessages = async (root: string, released: Released): Promise<readonly ContractMessage[]> => {
  const schemas = eventSchemas.flatMap((today) => {
    const older = released.events.filter(({ type, version }) => type === today.type && version < today.version);
    return [...older.sort((a, b) => a.version - b.version), today];
  });
  return Promise.all(
    schemas.map(async (schema) => {
      const golden = await readGolden(root, schema.dataSchema);
      const isNewest = eventSchemas.some(({ dataSchema }) => dataSchema === schema.dataSchema);
      return { ...schema, isNewest, golden, record: recordOf(golden) };
    }),
  );
};
