/**
 * `Date` as it would be if the clock of the machine stood `offsetMs()` milliseconds ahead of where it stands (behind it
 * when negative). Only the question for the present changes; a moment that is given keeps its meaning.
 */
export const movedDate = (real: DateConstructor, offsetMs: () => number): DateConstructor => {
  const now = (): number => real.now() + offsetMs();
  return new Proxy(real, {
    construct: (target, args: readonly unknown[], as): object => {
      const made: unknown = Reflect.construct(target, args.length === 0 ? [now()] : args, as);
      if (made instanceof real) return made;
      throw new TypeError('a date was not made');
    },
    get: (target, property, receiver): unknown => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
};
