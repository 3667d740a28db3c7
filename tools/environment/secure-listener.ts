/** Whom the broker lets in at its secure listener, and how such a client shows who it is. */
export interface KafkaUser {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  /** Letters, digits and dashes, as the password. */
  readonly name: string;
  readonly password: string;
}

/** A further listener of a broker: TLS with SASL, told to clients as `localhost`. */
export interface SecureListener {
  /** The broker's private key (PKCS #8) and certificate, both in PEM. */
  readonly keystore: string;
  readonly users: readonly KafkaUser[];
}

const SECURE = 'listener.name.secure';
const LOGIN_MODULES = 'org.apache.kafka.common.security';

const isPlain = ({ mechanism }: KafkaUser): boolean => mechanism === 'PLAIN';

/** Broker properties of the listener, but for its address; `keystoreFile` holds the keystore. */
export const secureSettings = ({ users }: SecureListener, keystoreFile: string): Readonly<Record<string, string>> => {
  const plain = users.filter(isPlain).map(({ name, password }) => `user_${name}="${password}"`);
  const scram = `${LOGIN_MODULES}.scram.ScramLoginModule required;`;
  return {
    [`${SECURE}.ssl.keystore.type`]: 'PEM',
    [`${SECURE}.ssl.keystore.location`]: keystoreFile,
    [`${SECURE}.sasl.enabled.mechanisms`]: 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${SECURE}.plain.sasl.jaas.config`]: `${LOGIN_MODULES}.plain.PlainLoginModule required ${plain.join(' ')};`,
    [`${SECURE}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${SECURE}.scram-sha-512.sasl.jaas.config`]: scram,
  };
};

/** Of the tool that formats storage: users whose secrets the broker keeps in its metadata. */
export const scramArguments = ({ users }: SecureListener): readonly string[] =>
  users
    .filter((user) => !isPlain(user))
    .flatMap(({ mechanism, name, password }) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]);
