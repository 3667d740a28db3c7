import type { NewField } from '../../src/interfaces/cli/event-tools.ts';

/* How the fields of a new event read in the sources. */

/** `t.union([Money, t.null])` */
export const codecCode = ({ codec, nullable }: NewField): string =>
  nullable === true ? `t.union([${codec}, t.null])` : codec;

/** `readonly refund?: Money | null` */
export const memberCode = ({ name, codec, optional, nullable }: NewField): string =>
  `readonly ${name}${optional === true ? '?' : ''}: ${codec}${nullable === true ? ' | null' : ''}`;

const propsCode = (fields: readonly NewField[]): string =>
  `{ ${fields.map((field) => `${field.name}: ${codecCode(field)}`).join(', ')} }`;

const isOptional = ({ optional }: NewField): boolean => optional === true;

/** An object of these fields and no others. */
export const objectCode = (fields: readonly NewField[]): string => {
  const optional = fields.filter(isOptional);
  const required = fields.filter((field) => !isOptional(field));
  if (optional.length === 0) return `t.strict(${propsCode(required)})`;
  return required.length === 0
    ? `t.exact(t.partial(${propsCode(optional)}))`
    : `t.exact(t.intersection([t.type(${propsCode(required)}), t.partial(${propsCode(optional)})]))`;
};

const anyCode = ({ name, codec, nullable }: NewField): string => {
  const any = `anyValue.${codec}`;
  return `${name}: ${nullable === true ? `fc.option(${any})` : any}`;
};

/** Any command with these fields, as a generator of the property tests. */
export const arbitraryCode = (command: string, fields: readonly NewField[]): string => {
  const model = [`type: fc.constant('${command}' as const)`, '...stamped', ...fields.map(anyCode)];
  const needed = ['type', 'orderId', 'at', ...fields.filter((field) => !isOptional(field)).map(({ name }) => name)];
  const rules = fields.some(isOptional) ? `, { requiredKeys: ${JSON.stringify(needed)} }` : '';
  return `fc.record({ ${model.join(', ')} }${rules})`;
};

/** The fields of a body on their way into a command: by name, or all of them where some may be missing. */
export const passedOn = (fields: readonly NewField[]): { readonly parameter: string; readonly spread: string } => {
  if (fields.some(isOptional)) return { parameter: 'body', spread: '...body' };
  const names = fields.map(({ name }) => name).join(', ');
  return { parameter: `{ ${names} }`, spread: names };
};
