import * as E from 'fp-ts/lib/Either.js';
import { decodeServiceConfig, decodeToolConfig } from '../../../src/infrastructure/config.ts';
import { decodeConsumerSettings } from '../../../src/infrastructure/consumer-config.ts';
import { settings } from '../../../src/consumer-kit.ts';
import { CONSUMER_GROUP } from '../../../simulator/participants/consumer-group.ts';

type Env = Readonly<Record<string, string>>;
type Decode = (env: Env) => E.Either<readonly { readonly variable: string; readonly message: string }[], unknown>;

const ofConsumer: Decode = (env) =>
  decodeConsumerSettings(env, {
    CONSUMER_GROUP,
    HANDLING_DELAY_MS: settings.withDefault(settings.milliseconds(0, 1), 0),
  });

/** What reads the settings of each role of the image. */
const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['api', decodeServiceConfig],
  ['relay', decodeServiceConfig],
  ['janitor', decodeServiceConfig],
  ['payment', ofConsumer],
  ['shipping', ofConsumer],
  ['migrate', decodeToolConfig],
]);

/** Node's own, which no codec reads. */
const OF_NODE = ['NODE_ENV', 'NODE_OPTIONS'];

/** True when something reads it: no setting may be empty. */
const isRead = (decode: Decode, env: Env, name: string): boolean => {
  const decoded = decode({ ...env, [name]: '' });
  return E.isLeft(decoded) && decoded.left.some(({ variable }) => variable === name);
};

/** What is wrong with the environment of a role: missing or bad settings, and names that it does not read. */
export const problemsOfRole = (role: string, env: Env): readonly string[] => {
  const decode = DECODERS.get(role);
  if (decode === undefined) return [`the image has no role ${role}`];
  const decoded = decode(env);
  const refused = E.isLeft(decoded) ? decoded.left.map(({ variable, message }) => `${variable} ${message}`) : [];
  const unread = Object.keys(env).filter((name) => !OF_NODE.includes(name) && !isRead(decode, env, name));
  return [...refused, ...unread.map((name) => `${name} is a setting that ${role} does not read`)];
};
