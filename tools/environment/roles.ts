/** The roles of an environment. More relays are named `relay-2`, `relay-3` … */
export const ROLE_KINDS = ['api', 'relay', 'janitor', 'payment', 'shipping'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** An entry file below the root of the checkout, and its arguments. */
export type RoleEntry = readonly [string, ...string[]];

export const ROLE_ENTRIES: Readonly<Record<RoleKind, RoleEntry>> = {
  api: ['src/main.ts', '--role', 'api'],
  relay: ['src/main.ts', '--role', 'relay'],
  janitor: ['src/main.ts', '--role', 'janitor'],
  payment: ['simulator/participants/payment/main.ts'],
  shipping: ['simulator/participants/shipping/main.ts'],
};

/** `relay-2` is a relay. Throws on a name that is of no kind. */
export const kindOf = (name: string): RoleKind => {
  const kind = ROLE_KINDS.find((known) => name === known || new RegExp(`^${known}-[1-9][0-9]*$`).test(name));
  if (kind === undefined) throw new Error(`${name} is no role: expected ${ROLE_KINDS.join(', ')} or one with -2, -3 …`);
  return kind;
};

/** What a role must know of its environment. */
export interface RoleSurroundings {
  readonly mysqlUrl: string;
  readonly consumerMysqlUrls: Readonly<Record<'payment' | 'shipping', string>>;
  readonly consumerGroups: Readonly<Record<'payment' | 'shipping', string>>;
  readonly kafkaBrokers: string;
  readonly topic: string;
  readonly apiUrl: string;
  /** Base URLs of the consumers by their names. */
  readonly progressUrls: readonly (readonly [name: string, url: string])[];
  readonly operatorToken: string;
  /** With which the service asks the consumers to re-process. */
  readonly reprocessToken: string;
}

/** The settings of a role, whose HTTP server is to listen on `port`. */
export const settingsOf = (
  kind: RoleKind,
  port: number,
  around: RoleSurroundings,
  partitions: number,
): Readonly<Record<string, string>> => {
  const common = { KAFKA_BROKERS: around.kafkaBrokers, ORDER_TOPIC: around.topic, HTTP_HOST: '127.0.0.1' };
  const service = {
    ...common,
    MYSQL_URL: around.mysqlUrl,
    ORDER_PARTITIONS: `${partitions}`,
    OPERATOR_TOKEN: around.operatorToken,
    // One port for two roles is refused, also where only one of them runs.
    HTTP_PORT: '0',
    RELAY_HTTP_PORT: '0',
    JANITOR_HTTP_PORT: '0',
  };
  switch (kind) {
    case 'api':
      return {
        ...service,
        HTTP_PORT: `${port}`,
        ...(around.progressUrls.length === 0
          ? {}
          : {
              PROGRESS_URLS: around.progressUrls.map(([name, url]) => `${name}=${url}`).join(','),
              REPROCESS_TOKENS: around.progressUrls.map(([name]) => `${name}=${around.reprocessToken}`).join(','),
            }),
      };
    case 'relay':
      return { ...service, RELAY_HTTP_PORT: `${port}` };
    case 'janitor':
      return { ...service, JANITOR_HTTP_PORT: `${port}` };
    case 'payment':
    case 'shipping':
      return {
        ...common,
        CONSUMER_MYSQL_URL: around.consumerMysqlUrls[kind],
        CONSUMER_GROUP: around.consumerGroups[kind],
        ORDERS_API_URL: around.apiUrl,
        CONSUMER_HTTP_PORT: `${port}`,
        REPROCESS_TOKEN: around.reprocessToken,
      };
  }
};
