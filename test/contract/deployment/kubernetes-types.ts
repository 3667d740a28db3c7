import ts from 'typescript';
import { join } from 'node:path';
import { ROOT } from '../../../tools/environment/checkout.ts';

/** Where it would lie, so that its imports are found. */
const FILE = join(ROOT, 'test/contract/deployment/manifests.generated.ts');
const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  types: [],
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
};

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly value: unknown;
}

/** `networking.k8s.io/v1` is `networking/v1`, `v1` is `core/v1`. */
const moduleOf = (apiVersion: string): string => {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? `core/${group}` : `${group.replace(/\..*$/, '')}/${version}`;
};

/** Those of KEDA are generated from its CustomResourceDefinitions. */
const typeOf = ({ apiVersion, kind }: Manifest): string =>
  apiVersion.startsWith('keda.sh/')
    ? `import('@kubernetes-models/keda/${apiVersion}/${kind}').I${kind}`
    : `import('kubernetes-types/${moduleOf(apiVersion)}.d.ts').${kind}`;

const declarationOf = (manifest: Manifest, index: number): string =>
  `const manifest${index}: ${typeOf(manifest)} = ${JSON.stringify(manifest.value)};`;

/**
 * What the types of Kubernetes, generated from its own OpenAPI document, say against these manifests: unknown fields, missing ones, wrong types.
 * The compiler is the validator, since no kept package carries the schemas in their strict form.
 */
export const complaintsOfKubernetes = (manifests: readonly Manifest[]): readonly string[] => {
  const text = `${manifests.map(declarationOf).join('\n')}\nexport {};\n`;
  const host = ts.createCompilerHost(OPTIONS);
  const own: Pick<ts.CompilerHost, 'fileExists' | 'readFile' | 'getSourceFile'> = {
    fileExists: (file) => file === FILE || ts.sys.fileExists(file),
    readFile: (file) => (file === FILE ? text : ts.sys.readFile(file)),
    getSourceFile: (file, language) => {
      const source = file === FILE ? text : ts.sys.readFile(file);
      return source === undefined ? undefined : ts.createSourceFile(file, source, language);
    },
  };
  const program = ts.createProgram([FILE], OPTIONS, { ...host, ...own });
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start, file }) => {
    const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
    const about = manifests[line];
    return `${about?.kind ?? 'manifest'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
};
