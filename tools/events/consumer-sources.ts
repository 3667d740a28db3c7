import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import type { ConsumerStance } from '../../src/interfaces/cli/event-tools.ts';
import { isOrderEventType } from '../../src/domain/order/events/catalog.ts';
import { visitNodes } from '../syntax/visit-nodes.ts';

/** Where consumers are written, tests of them included. */
const FOLDERS = ['bench', 'examples', 'simulator', 'src', 'test'];
/** Those of them that run in earnest. */
const IN_EARNEST = /^(examples|simulator|src)\//;

type Handlers = readonly (readonly [type: string, stance: 'handles' | 'ignores'])[];

/** The properties of an object, taken for handlers by the types of their events. */
const handlersIn = (object: ts.ObjectLiteralExpression): Handlers =>
  object.properties.flatMap((property): Handlers => {
    if (!property.name || !ts.isIdentifier(property.name)) return [];
    const ignores =
      ts.isPropertyAssignment(property) &&
      ts.isIdentifier(property.initializer) &&
      property.initializer.text === 'ignore';
    return [[property.name.text, ignores ? 'ignores' : 'handles']];
  });

/** True for an object that ignores an event type: a new type is to be ignored there as well. */
export const ignoresEvents = (object: ts.ObjectLiteralExpression): boolean =>
  handlersIn(object).some(([type, stance]) => isOrderEventType(type) && stance === 'ignores');

/** TypeScript files that name `ignore`, as paths below `root`. */
export const consumerFiles = async (
  root: string,
): Promise<readonly { readonly path: string; readonly text: string }[]> => {
  const paths = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(join(root, folder), { recursive: true }).catch(() => []);
      return names
        .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
        .map((name) => join(folder, name));
    }),
  );
  const files = await Promise.all(
    paths
      .flat()
      .sort()
      .map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
  );
  return files.filter(({ text }) => /: ignore\b/.test(text));
};

/** Text of a literal, or of the constant at the top of the file that an identifier names. */
const textOf = (node: ts.Expression, source: ts.SourceFile): string | undefined => {
  if (ts.isStringLiteral(node)) return node.text;
  if (!ts.isIdentifier(node)) return undefined;
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((statement) => statement.declarationList.declarations)
    .find(({ name }) => ts.isIdentifier(name) && name.text === node.text);
  return declared?.initializer === undefined || ts.isIdentifier(declared.initializer)
    ? undefined
    : textOf(declared.initializer, source);
};

const definitionIn = (object: ts.ObjectLiteralExpression, source: ts.SourceFile): ConsumerStance | undefined => {
  const valueOf = (key: string): ts.Expression | undefined =>
    object.properties.filter(ts.isPropertyAssignment).find(({ name }) => ts.isIdentifier(name) && name.text === key)
      ?.initializer;
  const handlers = valueOf('handlers');
  const name = valueOf('name');
  if (handlers === undefined || name === undefined || !ts.isObjectLiteralExpression(handlers)) return undefined;
  return { consumer: textOf(name, source) ?? source.fileName, stances: new Map(handlersIn(handlers)) };
};

/** The consumers declared in this checkout; those of tests and of the bench left out. */
export const consumerStances = async (root: string): Promise<readonly ConsumerStance[]> => {
  const found: ConsumerStance[] = [];
  for (const { path, text } of await consumerFiles(root)) {
    if (!IN_EARNEST.test(path)) continue;
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    visitNodes(source, (node) => {
      const definition = ts.isObjectLiteralExpression(node) ? definitionIn(node, source) : undefined;
      if (definition !== undefined) found.push(definition);
    });
  }
  return found;
};
