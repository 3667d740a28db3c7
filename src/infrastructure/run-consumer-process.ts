import { parseArgs } from 'node:util';
import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import { describeCause } from '../application/describe-cause.ts';
import { PARKING_CAUSES, parkingCauseNamed } from '../application/ports/inbox.ts';
import type { ParkingCause } from '../application/ports/inbox.ts';
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

type Reprocessing = { readonly orderId: string } | { readonly cause: ParkingCause | undefined };

const USAGE = `reprocess ORDER_ID, or reprocess --all [--reason ${PARKING_CAUSES.join('|')}]`;

/** Left: what is wrong with the arguments. */
export const readReprocessing = (args: readonly string[]): Either<string, Reprocessing> => {
  const parsed = E.tryCatch(
    () =>
      parseArgs({
        args: [...args],
        options: { all: { type: 'boolean' }, reason: { type: 'string' } },
        allowPositionals: true,
      }),
    describeCause,
  );
  if (E.isLeft(parsed)) return parsed;
  const { values, positionals } = parsed.right;
  const [orderId, ...more] = positionals;
  if (values.all !== true && orderId !== undefined && more.length === 0 && values.reason === undefined)
    return E.right({ orderId });
  if (values.all !== true || orderId !== undefined) return E.left(USAGE);
  const cause = parkingCauseNamed(values.reason);
  return values.reason !== undefined && cause === undefined
    ? E.left(`there is no reason ${JSON.stringify(values.reason)}: ${USAGE}`)
    : E.right({ cause });
};

/**
 * `reprocess ORDER_ID` releases a parked order, `reprocess --all --reason unknown-version` all that are parked for that
 * reason; the running consumer drains them within a second or so. On stdout, in JSON, what was released.
 */
export const reprocess = async (consumer: ConsumerProcess, args: readonly string[]): Promise<void> => {
  const what = readReprocessing(args);
  if (E.isLeft(what)) return fail(`reprocess: ${what.left}`, 2);
  const asked = what.right;
  const released = await (
    'orderId' in asked ? consumer.reprocess(asked.orderId) : consumer.reprocessAll(asked.cause)
  )();
  await consumer.stop();
  if (E.isLeft(released)) return fail(`reprocess: ${released.left.action}: ${describeCause(released.left.cause)}`, 1);
  process.stdout.write(`${JSON.stringify({ ...asked, released: released.right })}\n`);
};
