import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeHttp } from '../../src/composition/describe-http.ts';
import { EnvelopeHeaders } from '../../src/interfaces/contract/envelope-headers.ts';
import { eventSchemas } from '../../src/interfaces/contract/event-schemas.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import { toJsonSchema } from '../../src/interfaces/contract/json-schema.ts';
import { readOpenApi } from './openapi-document.ts';
import type { OpenApi } from './openapi-document.ts';
import { readEventSchema, schemaDocumentOf, schemaFileOf, schemaText } from './schema-document.ts';

export const RELEASED = 'docs/contract/released';
const OPENAPI = 'openapi.json';

/** What the headers of every event are: no event, and without versions of their own. */
export const headersSchema: EventSchema = {
  type: 'headers',
  version: 1,
  summary: 'The headers of every record: CloudEvents 1.0, Kafka binding, binary mode.',
  dataSchema: 'urn:orderly:headers:1',
  payload: toJsonSchema(EnvelopeHeaders),
};

/** What others were told last. Of each event every version that ever was released. */
export interface Released {
  readonly events: readonly EventSchema[];
  readonly headers: EventSchema | undefined;
  readonly http: OpenApi | undefined;
}

const isHeaders = ({ dataSchema }: EventSchema): boolean => dataSchema === headersSchema.dataSchema;

/** The files of `docs/contract/released` below `root`; nothing when there is no such folder. */
export const readReleased = async (root: string): Promise<Released> => {
  const names: readonly string[] = await readdir(join(root, RELEASED)).catch(() => []);
  const read = (name: string): Promise<string> => readFile(join(root, RELEASED, name), 'utf8');
  const schemas = await Promise.all(
    names
      .filter((name) => name !== OPENAPI)
      .toSorted()
      .map(async (name) => readEventSchema(`${RELEASED}/${name}`, await read(name))),
  );
  return {
    events: schemas.filter((schema) => !isHeaders(schema)),
    headers: schemas.find(isHeaders),
    http: names.includes(OPENAPI) ? readOpenApi(`${RELEASED}/${OPENAPI}`, await read(OPENAPI)) : undefined,
  };
};

/**
 * Writes down today's contract as released: a file for each event at today's version, the headers, and what HTTP serves.
 * Files of older versions are never touched.
 */
export const writeReleased = async (root: string): Promise<readonly string[]> => {
  await mkdir(join(root, RELEASED), { recursive: true });
  const files = [
    ...[...eventSchemas, headersSchema].map((schema) => ({
      path: `${RELEASED}/${schemaFileOf(schema.dataSchema)}`,
      text: schemaText(schemaDocumentOf(schema)),
    })),
    { path: `${RELEASED}/${OPENAPI}`, text: await describeHttp() },
  ];
  for (const { path, text } of files) await writeFile(join(root, path), text);
  return files.map(({ path }) => path);
};
