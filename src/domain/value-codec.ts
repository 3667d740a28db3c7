import * as t from 'io-ts';

/*
 * Value objects whose rule is data: the codec checks by the rule and the JSON Schema is written from the same
 * rule, so neither can say something the other does not.
 */

interface InWords {
  /** Ends the sentence "must be …", e.g. `a whole number from 1 to 100,000`. */
  readonly words: string;
}

export interface TextRule extends InWords {
  readonly kind: 'text';
  /** Lengths count Unicode code points, as JSON Schema and MySQL's VARCHAR do; not UTF-16 units. */
  readonly minLength: number;
  readonly maxLength: number;
  /** Anchored, with flag `u`. */
  readonly pattern: RegExp;
  /** A JSON Schema format that asks for more than the pattern can say, and the check of it. */
  readonly format?: { readonly name: 'date-time'; readonly holds: (text: string) => boolean };
  readonly example: string;
}

export interface IntegerRule extends InWords {
  readonly kind: 'integer';
  readonly minimum: number;
  /** At most the largest exact integer, 2^53 − 1. */
  readonly maximum: number;
  readonly example: number;
}

export interface ChoiceRule extends InWords {
  readonly kind: 'choice';
  readonly values: ReadonlySet<string>;
  readonly example: string;
}

export interface ListRule extends InWords {
  readonly kind: 'list';
  readonly minItems: number;
  readonly maxItems: number;
}

export type ValueRule = TextRule | IntegerRule | ChoiceRule | ListRule;

type BrandNamed<Name extends string> = { readonly [Key in Name]: symbol };

/** A branded codec together with the rule it checks. */
export class ValueCodec<C extends t.Any, Name extends string>
  extends t.RefinementType<C, t.Branded<t.TypeOf<C>, BrandNamed<Name>>, t.OutputOf<C>, t.InputOf<C>>
  implements t.BrandC<C, BrandNamed<Name>>
{
  constructor(
    base: C,
    name: Name,
    readonly rule: ValueRule,
    holds: (value: t.TypeOf<C>) => boolean,
  ) {
    const brand = t.brand(base, (value): value is t.Branded<t.TypeOf<C>, BrandNamed<Name>> => holds(value), name);
    super(brand.name, brand.is, brand.validate, brand.encode, base, brand.predicate);
  }
}

const isLengthWithin = (text: string, rule: TextRule): boolean => {
  // A code point takes one or two UTF-16 units: refuses a megabyte without counting it.
  if (text.length > 2 * rule.maxLength) return false;
  const { length } = Array.from(text);
  return length >= rule.minLength && length <= rule.maxLength;
};

export const textValue = <Name extends string>(
  name: Name,
  rule: Omit<TextRule, 'kind'>,
): ValueCodec<t.StringC, Name> => {
  const full: TextRule = { kind: 'text', ...rule };
  return new ValueCodec(
    t.string,
    name,
    full,
    (text) => isLengthWithin(text, full) && full.pattern.test(text) && (full.format?.holds(text) ?? true),
  );
};

/** −0 is refused: it would not survive being written and read again. */
export const integerValue = <Name extends string>(
  name: Name,
  rule: Omit<IntegerRule, 'kind'>,
): ValueCodec<t.NumberC, Name> =>
  new ValueCodec(
    t.number,
    name,
    { kind: 'integer', ...rule },
    (n) => Number.isSafeInteger(n) && n >= rule.minimum && n <= rule.maximum && !Object.is(n, -0),
  );

export const choiceValue = <Name extends string>(
  name: Name,
  rule: Omit<ChoiceRule, 'kind'>,
): ValueCodec<t.StringC, Name> =>
  new ValueCodec(t.string, name, { kind: 'choice', ...rule }, (text) => rule.values.has(text));

export const listValue = <Item extends t.Mixed, Name extends string>(
  name: Name,
  item: Item,
  rule: Omit<ListRule, 'kind'>,
): ValueCodec<t.ReadonlyArrayC<Item>, Name> =>
  new ValueCodec(
    t.readonlyArray(item),
    name,
    { kind: 'list', ...rule },
    (items) => items.length >= rule.minItems && items.length <= rule.maxItems,
  );
