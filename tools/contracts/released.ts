import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvelopeHeaders } from '../../src/interfaces/contract/envelope-headers.ts';
import { eventSchemas } from '../../src/interfaces/contract/event-schemas.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import { toJsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { readEventSchema, schemaDocumentOf, schemaFileOf, schemaText } from './schema-document.ts';

export const RELEASED = 'docs/contract/released';

/** What the headers of every event are: no event, and without versions of their own. */
export const headersSchema: EventSchema = {
  type: 'headers',
  version: 1,
  summary: 'The headers of every record: CloudEvents 1.0, Kafka binding, binary mode.',
  dataSchema: 'urn:orderly:headers:1',
  payload: toJsonSchema(EnvelopeHeaders),
};

/** What consumers were told last. Of each event every version that ever was released. */
export interface Released {
  readonly events: readonly EventSchema[];
  readonly headers: EventSchema | undefined;
}

const isHeaders = ({ dataSchema }: EventSchema): boolean => dataSchema === headersSchema.dataSchema;

/** The files of `docs/contract/released` below `root`; nothing when there is no such folder. */
export const readReleased = async (root: string): Promise<Released> => {
  const names = await readdir(join(root, RELEASED)).catch(() => []);
  const schemas = await Promise.all(
    names
      .sort()
      .map(async (name) => readEventSchema(`${RELEASED}/${name}`, await readFile(join(root, RELEASED, name), 'utf8'))),
  );
  return { events: schemas.filter((schema) => !isHeaders(schema)), headers: schemas.find(isHeaders) };
};

/**
 * Writes down today's contract as released: a file for each event at today's version, and the headers. Files of older
 * versions are never touched.
 */
export const writeReleased = async (root: string): Promise<readonly string[]> => {
  await mkdir(join(root, RELEASED), { recursive: true });
  const today = [...eventSchemas, headersSchema];
  for (const schema of today)
    await writeFile(join(root, RELEASED, schemaFileOf(schema.dataSchema)), schemaText(schemaDocumentOf(schema)));
  return today.map(({ dataSchema }) => `${RELEASED}/${schemaFileOf(dataSchema)}`);
};
