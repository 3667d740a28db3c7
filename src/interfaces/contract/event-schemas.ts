import { catalog } from '../../domain/order/events/catalog.ts';
import { dataSchemaOf } from './envelope.ts';
import { EVENT_SKIPPED_VERSION, EventSkipped } from './event-skipped.ts';
import { toJsonSchema } from './json-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { EVENT_SKIPPED } from './topic.ts';

/** One event for documents: AsyncAPI, catalogue page, schema files. */
export interface EventSchema {
  readonly type: string;
  readonly version: number;
  readonly summary: string;
  /** `urn:orderly:order-placed:1`, as in header `ce_dataschema`. */
  readonly dataSchema: string;
  readonly payload: JsonSchema;
}

const definitions = [
  ...Object.values(catalog),
  {
    type: EVENT_SKIPPED,
    version: EVENT_SKIPPED_VERSION,
    summary: 'An operator gave up an event that could not be published; this one takes its place in the sequence.',
    payload: EventSkipped,
  },
];

/** Every event on the topic at today's version: those of the catalog in its order, then `EventSkipped`. */
export const eventSchemas: readonly EventSchema[] = definitions.map(({ type, version, summary, payload }) => ({
  type,
  version,
  summary,
  dataSchema: dataSchemaOf(type, version),
  payload: toJsonSchema(payload),
}));
