import 'reflect-metadata';
import type { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);

/** From yesterday, as clocks differ, until tomorrow. */
const validity = (): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(Date.now() - DAY_MS),
  notAfter: new Date(Date.now() + DAY_MS),
});

/** A server's certificate and its private key (PKCS #8), in PEM. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of the tests' own, which nobody trusts unless told to. */
export class TestAuthority {
  private constructor(
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly own: X509Certificate,
  ) {}

  static async create(): Promise<TestAuthority> {
    const keys = await newKeys();
    const own = await X509CertificateGenerator.createSelfSigned({
      ...{ serialNumber: '01', name: 'CN=Authority of the tests', keys, signingAlgorithm: ALGORITHM },
      ...validity(),
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
    });
    return new TestAuthority(keys, own);
  }

  /** In PEM. */
  get certificate(): string {
    return this.own.toString('pem');
  }

  /** For a server that is reached by that name. */
  async vouchFor(name: string): Promise<ServerCertificate> {
    const { publicKey, privateKey } = await newKeys();
    const certificate = await X509CertificateGenerator.create({
      ...{ serialNumber: '02', subject: `CN=${name}`, issuer: this.own.subject, publicKey },
      ...{ signingKey: this.keys.privateKey, signingAlgorithm: ALGORITHM },
      ...validity(),
      extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
    });
    const key = PemConverter.encode(await crypto.subtle.exportKey('pkcs8', privateKey), 'PRIVATE KEY');
    return { certificate: certificate.toString('pem'), key };
  }
}
