/** The row ID that a cursor names, for lists that go down; of another list's cursor: 0, below which nothing is. */
export const idBefore = (before: string | undefined): number => {
  if (before === undefined) return Number.MAX_SAFE_INTEGER;
  return /^\d{1,16}$/.test(before) ? Number(before) : 0;
};
