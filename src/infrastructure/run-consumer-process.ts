import { describeCause } from '../application/describe-cause.ts';
import type { ConsumerProcess } from './consumer-process.ts';

/** One line on stderr, then the exit code that means it. */
const fail = (message: string, code: 1 | 2): never => {
  process.stderr.write(`${message}\n`);
  process.exit(code);
};

export const refuseToStart = (problems: readonly { readonly variable: string; readonly message: string }[]): never =>
  fail(problems.map(({ variable, message }) => `${variable} ${message}`).join('\n'), 2);

/**
 * Runs the consumer until SIGTERM or SIGINT, then stops it and exits with 0; with 1 when stopping takes longer than
 * `deadlineMs` or a second signal comes. Exits with 1 when the consumer cannot start, so that a supervisor notices.
 */
export const runConsumerProcess = async (consumer: ConsumerProcess, deadlineMs: number): Promise<void> => {
  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) fail(`${signal} again: leaving at once`, 1);
    stopping = true;
    setTimeout(() => fail(`not stopped within ${deadlineMs} ms: leaving`, 1), deadlineMs).unref();
    consumer.stop().then(
      () => process.exit(0),
      (cause: unknown) => fail(`stopping failed: ${describeCause(cause)}`, 1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    await consumer.start();
  } catch (cause) {
    fail(`the consumer cannot start: ${describeCause(cause)}`, 1);
  }
};

/** `reprocess ORDER_ID`: releases a parked order; the running consumer drains it within a second or so. */
export const reprocessOrder = async (consumer: ConsumerProcess, orderId: string | undefined): Promise<void> => {
  if (orderId === undefined) return fail('reprocess: name the order: reprocess ORDER_ID', 2);
  const released = await consumer.reprocess(orderId)();
  await consumer.stop();
  if (released._tag === 'Left')
    return fail(`reprocess: ${released.left.action}: ${describeCause(released.left.cause)}`, 1);
  process.stdout.write(`${JSON.stringify({ orderId, released: released.right })}\n`);
};
