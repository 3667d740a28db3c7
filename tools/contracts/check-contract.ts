import { describeHttp } from '../../src/composition/describe-http.ts';
import type { ContractCheck, ContractFinding, HttpFinding } from '../../src/interfaces/cli/contract-check.ts';
import { eventSchemas } from '../../src/interfaces/contract/event-schemas.ts';
import type { EventSchema } from '../../src/interfaces/contract/event-schemas.ts';
import { compareHttp } from './compare-http.ts';
import { compareSchemas } from './compare-schemas.ts';
import type { SchemaChange } from './compare-schemas.ts';
import { consumersOf, knownConsumers } from './consumers.ts';
import type { KnownConsumer } from './consumers.ts';
import { readOpenApi } from './openapi-document.ts';
import type { OpenApi } from './openapi-document.ts';
import { RELEASED, headersSchema, readReleased } from './released.ts';
import type { Released } from './released.ts';

export interface ContractToday {
  readonly events: readonly EventSchema[];
  readonly headers: EventSchema;
  readonly consumers: readonly KnownConsumer[];
  readonly http: OpenApi;
}

/** What this code says; consumers are those in the sources below `root`. */
export const contractToday = async (root: string): Promise<ContractToday> => ({
  events: eventSchemas,
  headers: headersSchema,
  consumers: await knownConsumers(root),
  http: readOpenApi('what the API serves', await describeHttp()),
});

type Detail = Pick<ContractFinding, 'what' | 'breaking'> & Partial<Pick<ContractFinding, 'field' | 'breaks'>>;

const finding = (
  { type, version }: Pick<EventSchema, 'type' | 'version'>,
  consumers: readonly string[],
  { field = '', what, breaking, breaks = [] }: Detail,
): ContractFinding => ({ event: type, version, field, what, breaking, breaks, consumers });

const detailOf = ({ field, what, breaks }: SchemaChange): Detail => ({
  field,
  what,
  breaks,
  breaking: breaks.length > 0,
});

/** What is to be said of one event, given its released versions in ascending order; there is at least one. */
const detailsOf = (released: readonly EventSchema[], today: EventSchema): readonly Detail[] => {
  const newest = released.at(-1);
  if (newest === undefined)
    return today.version === 1
      ? [{ what: 'new event; consumers that do not know it park its orders until they are upgraded', breaking: false }]
      : [{ what: 'no version of it was ever released: begin with 1', breaking: true }];
  const known = new Set(released.map(({ version }) => version));
  const missing = Array.from({ length: Math.min(newest.version, today.version) - 1 }, (_, index) => index + 1)
    .filter((version) => !known.has(version))
    .map((version): Detail => ({ what: `the released schema of version ${version} is gone`, breaking: true }));
  if (today.version < newest.version)
    return [...missing, { what: `version ${newest.version} was released: it cannot be taken back`, breaking: true }];
  if (today.version > newest.version + 1)
    return [...missing, { what: `version ${today.version - 1} was never released: take that number`, breaking: true }];
  if (today.version === newest.version)
    return [...missing, ...compareSchemas(newest.payload, today.payload).map(detailOf)];
  const changes = compareSchemas(newest.payload, today.payload);
  return [
    ...missing,
    { what: 'new version; consumers that do not know it park its orders until they are upgraded', breaking: false },
    ...changes.map((each) => ({ ...detailOf(each), breaking: false })),
  ];
};

/**
 * Today's events against those that were released last. Within a version nothing may change that a reader can notice,
 * but for optional fields that are added; anything else needs a new version.
 */
export const checkEvents = (
  released: Omit<Released, 'http'>,
  { events, headers, consumers }: Omit<ContractToday, 'http'>,
): readonly ContractFinding[] => {
  const versionsOf = (type: string): readonly EventSchema[] =>
    released.events.filter((schema) => schema.type === type).sort((a, b) => a.version - b.version);
  const present = new Set(events.map(({ type }) => type));
  const gone = new Set(released.events.map(({ type }) => type).filter((type) => !present.has(type)));
  return [
    ...[...gone].flatMap((type) =>
      versionsOf(type)
        .slice(-1)
        .map((newest) =>
          finding(newest, consumersOf(type, consumers), {
            what: 'the event is gone, but those on the topic are still there to be read',
            breaking: true,
            breaks: ['topic'],
          }),
        ),
    ),
    ...events.flatMap((today) =>
      detailsOf(versionsOf(today.type), today).map((detail) =>
        finding(today, consumersOf(today.type, consumers), detail),
      ),
    ),
    ...(released.headers === undefined ? [] : compareSchemas(released.headers.payload, headers.payload))
      .map(detailOf)
      .map((detail) =>
        finding(
          headers,
          consumers.map(({ name }) => name),
          detail,
        ),
      ),
  ];
};

/** What is different from the last release: of events and headers, and of HTTP. */
export const checkContract = (
  released: Released,
  today: ContractToday,
): { readonly findings: readonly ContractFinding[]; readonly http: readonly HttpFinding[] } => ({
  findings: checkEvents(released, today),
  http: released.http === undefined ? [] : compareHttp(released.http, today.http),
});

/** `checkContract` of the checkout below `root`, unless nothing was released there yet. */
export const checkContractIn: (root: string) => ContractCheck = (root) => async () => {
  const released = await readReleased(root);
  return released.events.length === 0
    ? { problems: [`${RELEASED} is empty: note what others rely on by npm run contracts -- --release`] }
    : checkContract(released, await contractToday(root));
};
