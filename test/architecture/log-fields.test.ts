import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { ALLOWED_FIELDS } from '../../src/infrastructure/telemetry/logger.ts';
import { visitNodes } from '../../tools/syntax/visit-nodes.ts';

/*
 * The log drops every field that nobody allowed. So a field that is written in the source and is not on the list never
 * reaches an operator, and nothing else would say so.
 */

const SRC = join(import.meta.dirname, '../../src');
const LEVELS: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** `log.warn(…)`, `this.log[level](…)` and the like. */
const isLogCall = ({ expression }: ts.CallExpression): boolean => {
  const callee = ts.isElementAccessExpression(expression) || ts.isPropertyAccessExpression(expression);
  if (!callee || !/(?:^|\.)log$/.test(expression.expression.getText())) return false;
  return ts.isElementAccessExpression(expression) || LEVELS.has(expression.name.text);
};

const fieldsOf = (object: ts.ObjectLiteralExpression): readonly string[] =>
  object.properties.flatMap((property) => {
    if (ts.isShorthandPropertyAssignment(property)) return [property.name.text];
    return ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) ? [property.name.text] : [];
  });

/** Names of fields in calls of the log, as far as they are written there. */
const loggedFields = (source: string): readonly string[] => {
  const fields: string[] = [];
  visitNodes(ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true), (node) => {
    const [first] = ts.isCallExpression(node) && isLogCall(node) ? node.arguments : [];
    if (first !== undefined && ts.isObjectLiteralExpression(first)) fields.push(...fieldsOf(first));
  });
  return fields;
};

const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(join(SRC, name), 'utf8') }));

describe('fields of log lines', () => {
  it('are all on the list of what may be logged, so that none is dropped', () => {
    const logged = sources.flatMap(({ name, text }) => loggedFields(text).map((field) => ({ name, field })));
    expect(logged.length).to.be.greaterThan(30);
    expect(logged.filter(({ field }) => !ALLOWED_FIELDS.has(field))).to.deep.equal([]);
  });

  it('come from one logger, which redacts: nothing writes to the console, and nobody makes another', () => {
    const others = sources
      .filter(({ text }) => /\bconsole\.(?:debug|error|info|log|trace|warn)\b|\bpino\(/.test(text))
      .map(({ name }) => name);
    expect(others).to.deep.equal(['infrastructure/telemetry/logger.ts']);
  });

  it('would be found in every way of writing a call', () => {
    const source =
      "log.info({ a }); this.log.warn({ b: 1, ...rest }, 'm'); options.log[level]({ c }); other.info({ d });";
    expect(loggedFields(source)).to.deep.equal(['a', 'b', 'c']);
  });
});
