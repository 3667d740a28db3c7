import { BlockList, isIP, isIPv6 } from 'node:net';
import * as t from 'io-ts';

/*
 * Codecs from the text of one environment variable to its value. Each failure says what is wrong with the
 * variable and what to set; the value of a secret is never repeated.
 */

export type Setting<A> = t.Type<A, string>;

interface TextSetting<A> {
  /** Completes the sentence "set it to …". */
  readonly expected: string;
  /** Undefined when the text is not acceptable. */
  readonly parse: (text: string) => A | undefined;
  readonly secret?: true;
}

/** A variable that must be set. */
export const setting = <A>({ expected, parse, secret }: TextSetting<A>): Setting<A> =>
  new t.Type<A, string>(
    expected,
    (u): u is A => u !== undefined,
    (input, context) => {
      const mend = `set it to ${expected}`;
      if (input === undefined) return t.failure(input, context, `is not set: ${mend}`);
      if (typeof input !== 'string' || input.trim() === '') return t.failure(input, context, `is empty: ${mend}`);
      const value = parse(input);
      const shown = secret === true ? 'is not acceptable' : `is ${JSON.stringify(input.slice(0, 200))}`;
      return value === undefined ? t.failure(input, context, `${shown}: ${mend}`) : t.success(value);
    },
    String,
  );

/** A variable that may be unset (but not empty). */
export const withDefault = <A>(codec: Setting<A>, value: A): Setting<A> =>
  new t.Type<A, string>(
    codec.name,
    codec.is.bind(codec),
    (input, context) => (input === undefined ? t.success(value) : codec.validate(input, context)),
    codec.encode.bind(codec),
  );

export const optional = <A>(codec: Setting<A>): Setting<A | undefined> =>
  new t.Type<A | undefined, string>(
    codec.name,
    (u): u is A | undefined => u === undefined || codec.is(u),
    (input, context) => (input === undefined ? t.success(undefined) : codec.validate(input, context)),
    String,
  );

/** `unit` as in "a whole number of milliseconds"; both ends included. */
export const wholeNumber = (min: number, max: number, unit?: string): Setting<number> =>
  setting({
    expected: `a whole number${unit === undefined ? '' : ` of ${unit}`} from ${min} to ${max}`,
    parse: (text) => {
      const value = Number(text);
      return /^\d{1,12}$/.test(text) && value >= min && value <= max ? value : undefined;
    },
  });

export const milliseconds = (min: number, max: number): Setting<number> => wholeNumber(min, max, 'milliseconds');

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** `90m`, `36h`, `7d`, in milliseconds; `least` and `most` are written the same way, both ends included. */
export const duration = (least: string, most: string): Setting<number> =>
  setting({
    expected: `a whole number with s, m, h or d behind it, like 90m, 36h or 7d, from ${least} to ${most}`,
    parse: (text) => {
      const ms = durationMs(text);
      return ms >= durationMs(least) && ms <= durationMs(most) ? ms : undefined;
    },
  });

/** NaN when it is none. */
const durationMs = (text: string): number => {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  return Number(count) * (UNIT_MS.get(unit) ?? Number.NaN);
};

export const oneOf = <const A extends string>(values: readonly A[]): Setting<A> =>
  setting({ expected: `one of ${values.join(', ')}`, parse: (text) => values.find((value) => value === text) });

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

/** Options in the URL's query are refused: they could override settings that guarantees rest on. */
const isMySqlUrl = (text: string): boolean => {
  const url = parseUrl(text);
  return (
    url?.protocol === 'mysql:' &&
    url.hostname !== '' &&
    url.username !== '' &&
    /^\/[A-Za-z0-9_$-]{1,64}$/.test(url.pathname) &&
    url.search === '' &&
    url.hash === ''
  );
};

export const mysqlUrl: Setting<string> = setting({
  expected: 'mysql://user:password@host:port/database, without parameters',
  secret: true,
  parse: (text) => (isMySqlUrl(text) ? text : undefined),
});

const BROKER = /^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(\d{1,5})$/;

export const brokers = setting<readonly string[]>({
  expected: 'host:port, more of them separated by commas',
  parse: (text) => {
    const list = text.split(',').map((broker) => broker.trim());
    const isBroker = (broker: string): boolean => {
      const port = Number(BROKER.exec(broker)?.[2]);
      return port >= 1 && port <= 65_535;
    };
    return list.every(isBroker) ? list : undefined;
  },
});

export const httpUrl: Setting<string> = setting({
  expected: 'http://host:port or https://host:port',
  parse: (text) => {
    if (!URL.canParse(text)) return undefined;
    const { protocol, search, hash, username } = new URL(text);
    const acceptable = (protocol === 'http:' || protocol === 'https:') && search + hash + username === '';
    return acceptable ? text : undefined;
  },
});

export const filePath: Setting<string> = setting({ expected: 'a path of a file', parse: (text) => text });

export const topicName: Setting<string> = setting({
  expected: 'a topic name (1–249 of letters, digits, ".", "_" and "-")',
  parse: (text) => (/^[A-Za-z0-9._-]{1,249}$/.test(text) && !/^\.{1,2}$/.test(text) ? text : undefined),
});

export const hostName: Setting<string> = setting({
  expected: 'a host name or an IP address to listen on',
  parse: (text) => (/^[A-Za-z0-9._:-]{1,253}$/.test(text) ? text : undefined),
});

const EVERY_ADDRESS = new BlockList();
EVERY_ADDRESS.addAddress('0.0.0.0');
EVERY_ADDRESS.addAddress('::', 'ipv6');

/** Others are told it, so it must be one address and not all of the machine's. */
export const reachableAddress: Setting<string> = setting({
  expected: 'one IP address of this machine that other processes reach (not 0.0.0.0 or ::)',
  parse: (text) => (isIP(text) !== 0 && !EVERY_ADDRESS.check(text, isIPv6(text) ? 'ipv6' : 'ipv4') ? text : undefined),
});

export const secretToken: Setting<string> = setting({
  expected: 'at least 16 visible ASCII characters without blanks',
  secret: true,
  parse: (text) => (/^[\x21-\x7e]{16,512}$/.test(text) ? text : undefined),
});

const CONSUMER_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** By name, when each is acceptable and there once. */
const byName = (text: string, isAcceptable: (value: string) => boolean): ReadonlyMap<string, string> | undefined => {
  const entries = text.split(',').map((entry): readonly [string, string] => {
    const at = entry.indexOf('=');
    return [entry.slice(0, Math.max(at, 0)).trim(), entry.slice(at + 1).trim()];
  });
  const named = new Map(entries);
  const acceptable = entries.every(([name, value]) => CONSUMER_NAME.test(name) && isAcceptable(value));
  return acceptable && named.size === entries.length ? named : undefined;
};

const LISTED_TOKEN = /^[\x21-\x2b\x2d-\x7e]{16,512}$/;

/** One that can stand in a list. */
export const listedToken: Setting<string> = setting({
  expected: 'at least 16 visible ASCII characters without commas',
  secret: true,
  parse: (text) => (LISTED_TOKEN.test(text) ? text : undefined),
});

/** `payment=a-long-secret-token,shipping=another-long-secret` */
export const namedTokens = setting<ReadonlyMap<string, string>>({
  expected: `name=TOKEN, more of them separated by commas, each name once: TOKEN ${listedToken.name}`,
  secret: true,
  parse: (text) => byName(text, (token) => LISTED_TOKEN.test(token)),
});

/** `payment=http://127.0.0.1:8091,shipping=http://127.0.0.1:8092` */
export const namedUrls = setting<ReadonlyMap<string, string>>({
  expected: 'name=http://host:port, more of them separated by commas, each name once',
  parse: (text) => byName(text, (url) => ['http:', 'https:'].includes(parseUrl(url)?.protocol ?? '')),
});

/** `payment=mysql://doctor:secret@db:3306/payment`; a comma of a password is written `%2C`. */
export const namedMySqlUrls = setting<ReadonlyMap<string, string>>({
  expected: 'name=mysql://user:password@host:port/database, more of them separated by commas, each name once',
  secret: true,
  parse: (text) => byName(text, isMySqlUrl),
});
