/** Tells people how to read on; a program finds `next` in the JSON. */
export const nextPage =
  (option: '--before' | '--after') =>
  ({ next }: { readonly next: string | null }): readonly string[] =>
    next === null ? [] : [`there are more; the next page: ${option} ${next}`];
