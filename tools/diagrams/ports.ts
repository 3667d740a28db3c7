import ts from 'typescript';
import { visitNodes } from '../syntax/visit-nodes.ts';
import { importsOf } from './source-files.ts';
import type { SourceFile } from './source-files.ts';

const PORTS = 'src/application/ports/';

/** An interface of src/application/ports that adapters implement. */
export interface Port {
  readonly name: string;
  readonly path: string;
  /** Folders of src/application and src/interfaces with code that asks it, e.g. `relay`. */
  readonly askedBy: readonly string[];
  readonly adapters: readonly Adapter[];
}

export interface Adapter {
  /** Class or constant. */
  readonly name: string;
  readonly path: string;
  /** Folder of src/infrastructure, or `infrastructure` for what stands beside the folders. */
  readonly technology: string;
}

const treeOf = ({ path, text }: SourceFile): ts.SourceFile => ts.createSourceFile(path, text, ts.ScriptTarget.Latest);

const interfacesIn = (file: SourceFile): readonly string[] => {
  const names: string[] = [];
  visitNodes(treeOf(file), (node) => {
    if (ts.isInterfaceDeclaration(node)) names.push(node.name.text);
  });
  return names;
};

const nameOf = (type: ts.Node): string | undefined => {
  if (ts.isExpressionWithTypeArguments(type) && ts.isIdentifier(type.expression)) return type.expression.text;
  return ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) ? type.typeName.text : undefined;
};

/** Names of the interfaces that the file's classes implement or its constants are typed with, by class or constant. */
const implementationsIn = (file: SourceFile): readonly (readonly [adapter: string, port: string])[] => {
  const found: [string, string][] = [];
  visitNodes(treeOf(file), (node) => {
    if (ts.isClassDeclaration(node) && node.name !== undefined)
      for (const clause of node.heritageClauses ?? [])
        for (const type of clause.types) found.push([node.name.text, nameOf(type) ?? '']);
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.type !== undefined)
      found.push([node.name.text, nameOf(node.type) ?? '']);
  });
  return found;
};

const folderBelow = (layer: string, path: string): string | undefined => {
  if (!path.startsWith(`src/${layer}/`)) return undefined;
  const [first = '', ...below] = path.slice(`src/${layer}/`.length).split('/');
  return below.length === 0 ? layer : first;
};

const roomOf = (path: string): string | undefined =>
  folderBelow('application', path) ?? folderBelow('interfaces', path);

const mentions = ({ text }: SourceFile, name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);

const distinct = (names: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(names.flatMap((name) => name ?? []))].toSorted();

/** Every interface that somebody asks and an adapter implements, by name. */
export const portsIn = (files: readonly SourceFile[]): readonly Port[] => {
  const users = files.filter(({ path }) => roomOf(path) !== undefined && !path.startsWith(PORTS));
  const implementations = files
    .filter(({ path }) => path.startsWith('src/infrastructure/'))
    .flatMap((file) =>
      implementationsIn(file).map(([name, port]) => ({ file, name, port, imports: new Set(importsOf(file)) })),
    );
  return files
    .filter(({ path }) => path.startsWith(PORTS))
    .flatMap((file) => interfacesIn(file).map((name) => ({ name, path: file.path })))
    .map(({ name, path }): Port => {
      const asking = users.filter((user) => mentions(user, name) && importsOf(user).includes(path));
      const adapters = implementations
        .filter(({ port, imports }) => port === name && imports.has(path))
        .map(({ file, name: adapter }) => ({
          name: adapter,
          path: file.path,
          technology: folderBelow('infrastructure', file.path) ?? '',
        }));
      return { name, path, askedBy: distinct(asking.map((user) => roomOf(user.path))), adapters };
    })
    .filter(({ adapters, askedBy }) => adapters.length > 0 && askedBy.length > 0)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
};
