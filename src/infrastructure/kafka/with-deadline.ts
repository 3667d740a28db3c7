/** Rejects with `onTime()` when `work` takes longer than `ms`. The work itself goes on; end it from `onTime`. */
export const withDeadline = async <A>(work: Promise<A>, ms: number, onTime: () => Error): Promise<A> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(onTime());
    }, ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
};
