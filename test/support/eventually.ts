const LOOK_AGAIN_MS = 25;

/** Looks until `look` no longer rejects, and answers what it found; after `limitMs` rejects with its last reason. */
export const eventually = async <A>(look: () => Promise<A> | A, limitMs = 15_000): Promise<A> => {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      return await look();
    } catch (cause) {
      if (Date.now() >= end) throw cause;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
};
