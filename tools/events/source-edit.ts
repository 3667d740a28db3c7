import ts from 'typescript';
import { visitNodes } from '../syntax/visit-nodes.ts';

/** The source no longer looks as an edit expects it; nothing was written. */
export class AnchorMissing extends Error {
  override readonly name = 'AnchorMissing';
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

const unwrapped = (node: ts.Expression): ts.Expression => {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isParenthesizedExpression(node))
    return unwrapped(node.expression);
  return ts.isArrowFunction(node) && !ts.isBlock(node.body) ? unwrapped(node.body) : node;
};

const nameOf = (property: ts.ObjectLiteralElementLike): string | undefined =>
  property.name !== undefined && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
    ? property.name.text
    : undefined;

/** `'../domain/'` of `'../domain/order.ts'`, `''` of a package. */
const folderOf = (module: string): string => module.slice(0, module.lastIndexOf('/') + 1);

const byName = (a: string, b: string): number => a.localeCompare(b, 'en', { sensitivity: 'base' });

/**
 * Adds to a TypeScript source at places found in its syntax, never by line or pattern. Everything else keeps its bytes.
 * A place that is not there throws `AnchorMissing`, which names it. Blanks are left to the formatter.
 */
export class SourceEdit {
  private readonly source: ts.SourceFile;
  private readonly insertions: Insertion[] = [];

  constructor(
    readonly path: string,
    private readonly text: string,
  ) {
    this.source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  }

  /** Adds a property at the end of an object: `['matrix', 'paid']` is object `paid` in constant `matrix`. */
  addProperty([name = '', ...inner]: readonly string[], property: string): this {
    let object = this.objectOf(name);
    for (const key of inner) {
      const found = object.properties.find((each) => nameOf(each) === key);
      if (found === undefined || !ts.isPropertyAssignment(found)) throw this.missing(`property ${key} of ${name}`);
      object = this.asObject(unwrapped(found.initializer), `${name}.${key}`);
    }
    this.append(object.properties, property);
    return this;
  }

  /** Adds a member at the end of an interface. */
  addMember(name: string, member: string): this {
    const found = this.source.statements.filter(ts.isInterfaceDeclaration).find((each) => each.name.text === name);
    if (found === undefined) throw this.missing(`interface ${name}`);
    this.insert(found.members.end, `\n${member}`);
    return this;
  }

  /** Adds an element at the end of an array that a constant is, or that the function in it answers. */
  addElement(name: string, element: string): this {
    const array = unwrapped(this.initializerOf(name));
    if (!ts.isArrayLiteralExpression(array)) throw this.missing(`array ${name}`);
    this.append(array.elements, element);
    return this;
  }

  /** Adds statements before the one that declares a constant, and before what is written above it. */
  addBefore(name: string, statements: string): this {
    this.insert(this.statementOf(name).getFullStart(), `\n\n${statements}\n\n`);
    return this;
  }

  /** Imports a name, in the order of names and modules; it may be imported already. */
  addImport(module: string, name: string, kind: 'value' | 'type' = 'value'): this {
    const imports = this.source.statements.filter(ts.isImportDeclaration);
    const moduleOf = (each: ts.ImportDeclaration): string =>
      ts.isStringLiteral(each.moduleSpecifier) ? each.moduleSpecifier.text : '';
    const kindOf = (each: ts.ImportDeclaration): 'value' | 'type' =>
      each.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'value';
    const same = imports.find((each) => moduleOf(each) === module && kindOf(each) === kind);
    const named = same?.importClause?.namedBindings;
    if (named !== undefined && ts.isNamedImports(named)) {
      if (named.elements.some((each) => each.name.text === name)) return this;
      const next = named.elements.find((each) => byName(each.name.text, name) > 0);
      if (next === undefined) this.append(named.elements, name);
      else this.insert(next.getStart(), `${name}, `);
      return this;
    }
    const statement = `import ${kind === 'type' ? 'type ' : ''}{ ${name} } from '${module}';`;
    const beside = imports.filter((each) => folderOf(moduleOf(each)) === folderOf(module));
    const next = beside.find((each) => byName(moduleOf(each), module) > 0);
    const last = beside.at(-1) ?? imports.at(-1);
    if (next !== undefined) this.insert(next.getStart(), `${statement}\n`);
    else if (last !== undefined) this.insert(last.end, `\n${statement}`);
    else throw this.missing('any import');
    return this;
  }

  /** Adds a property to every object that `wanted` picks; answers how many there were. */
  addPropertyWhere(wanted: (object: ts.ObjectLiteralExpression) => boolean, property: string): number {
    let count = 0;
    visitNodes(this.source, (node) => {
      if (!ts.isObjectLiteralExpression(node) || !wanted(node)) return;
      this.append(node.properties, property);
      count += 1;
    });
    return count;
  }

  get result(): string {
    const latestFirst = this.insertions
      .map((insertion, index) => ({ ...insertion, index }))
      .sort((a, b) => b.at - a.at || b.index - a.index);
    return latestFirst.reduce((text, { at, text: added }) => text.slice(0, at) + added + text.slice(at), this.text);
  }

  private insert(at: number, text: string): void {
    this.insertions.push({ at, text });
  }

  private append(list: ts.NodeArray<ts.Node>, added: string): void {
    const separator = list.length === 0 || list.hasTrailingComma ? '' : ',';
    this.insert(list.end, `${separator}\n${added},`);
  }

  private statementOf(name: string): ts.VariableStatement {
    const found = this.source.statements
      .filter(ts.isVariableStatement)
      .find((each) =>
        each.declarationList.declarations.some(({ name: id }) => ts.isIdentifier(id) && id.text === name),
      );
    if (found === undefined) throw this.missing(`constant ${name}`);
    return found;
  }

  private initializerOf(name: string): ts.Expression {
    const [declaration] = this.statementOf(name).declarationList.declarations;
    if (declaration?.initializer === undefined) throw this.missing(`a value of constant ${name}`);
    return declaration.initializer;
  }

  private objectOf(name: string): ts.ObjectLiteralExpression {
    return this.asObject(unwrapped(this.initializerOf(name)), name);
  }

  private asObject(node: ts.Expression, what: string): ts.ObjectLiteralExpression {
    if (!ts.isObjectLiteralExpression(node)) throw this.missing(`object ${what}`);
    return node;
  }

  private missing(what: string): AnchorMissing {
    return new AnchorMissing(`${this.path} has no ${what}, where the new event would be added: add it by hand`);
  }
}
