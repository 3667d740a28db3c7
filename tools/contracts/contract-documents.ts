import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeHttp } from '../../src/composition/describe-http.ts';
import { asyncApiOf } from './asyncapi.ts';
import { catalogPage } from './catalog-page.ts';
import { knownConsumers } from './consumers.ts';
import { contractMessages } from './contract-messages.ts';
import { readReleased } from './released.ts';
import { schemaDocumentOf, schemaFileOf, schemaText } from './schema-document.ts';

export const CONTRACT = 'docs/contract';
const SCHEMAS = `${CONTRACT}/schemas`;

/** What mends a document that is not fresh. */
export const COMMAND = 'npm run contracts';

/** Every document of the contract: path below `root` → text, made from today's code. */
export const contractDocuments = async (root: string): Promise<ReadonlyMap<string, string>> => {
  const messages = await contractMessages(root, await readReleased(root));
  return new Map([
    ...messages.map((message): [string, string] => [
      `${SCHEMAS}/${schemaFileOf(message.dataSchema)}`,
      schemaText(schemaDocumentOf(message)),
    ]),
    [`${CONTRACT}/asyncapi.json`, `${JSON.stringify(asyncApiOf(messages), null, 2)}\n`],
    [`${CONTRACT}/openapi.json`, await describeHttp()],
    [`${CONTRACT}/catalog.md`, catalogPage(messages, await knownConsumers(root))],
  ]);
};

/** Schemas on disk that are no longer made. */
export const strayDocuments = async (
  root: string,
  documents: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  const names = await readdir(join(root, SCHEMAS)).catch(() => []);
  return names.map((name) => `${SCHEMAS}/${name}`).filter((path) => !documents.has(path));
};

/** What is wrong with the documents on disk, each with the command that mends it. */
export const staleDocuments = async (
  root: string,
  documents: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  const compared = await Promise.all(
    [...documents].map(async ([path, text]) => {
      const present = await readFile(join(root, path), 'utf8').catch(() => undefined);
      if (present === text) return [];
      return [`${path} ${present === undefined ? 'is missing' : 'is not what the code says'}: ${COMMAND}`];
    }),
  );
  const stray = await strayDocuments(root, documents);
  return [...compared.flat(), ...stray.map((path) => `${path} is of no event: ${COMMAND}`)];
};
