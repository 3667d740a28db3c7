/** Rows by a key, in the order in which they come; those without a key are left out. */
export const groupBy = <Row>(
  rows: readonly Row[],
  keyOf: (row: Row) => string | null | undefined,
): Map<string, Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null || key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
};
