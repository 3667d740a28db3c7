import * as t from 'io-ts';
import { parseAllDocuments } from 'yaml';
import { decoded } from '../../support/decoded.ts';
import type { Manifest } from './kubernetes-types.ts';

export interface NamedManifest extends Manifest {
  readonly name: string;
}

const Head = t.type({ apiVersion: t.string, kind: t.string, metadata: t.type({ name: t.string }) });

/** Every manifest in a text of YAML, in its order. */
export const manifestsIn = (text: string): readonly NamedManifest[] =>
  parseAllDocuments(text).map((document) => {
    const value: unknown = document.toJS();
    const { apiVersion, kind, metadata } = decoded(Head, value);
    return { apiVersion, kind, name: metadata.name, value };
  });

/** Those of some kinds, as far as `codec` reads them, by their names. */
export const ofKind = <A>(
  manifests: readonly NamedManifest[],
  kinds: readonly string[],
  codec: t.Type<A, unknown>,
): readonly (readonly [string, A])[] =>
  manifests.filter(({ kind }) => kinds.includes(kind)).map(({ name, value }) => [name, decoded(codec, value)] as const);
