import * as E from 'fp-ts/lib/Either.js';
import type { Either } from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { publisherWith } from '../application/ports/publisher-with.ts';
import type { Publisher } from '../application/ports/publisher.ts';
import type { RelayOutbox } from '../application/ports/relay-outbox.ts';
import type { UnitOfWork } from '../application/ports/unit-of-work.ts';

/*
 * Places at which a process can be told to die as by kill -9, so that tests hit the moments that matter. They are
 * decorators of ports: without a failpoint the decorated port is used as it is.
 */

const NAMES = [
  'before-commit',
  'after-commit',
  'before-publish',
  'after-publish',
  'before-settle',
  'after-settle',
] as const;
export type FailpointName = (typeof NAMES)[number];

const EXPECTED = `one of ${NAMES.join(', ')}, with :N to die the Nth time it is reached`;

/** Dies the `nth` time (from 1) that `name` is reached. */
export class Failpoint {
  private reachedSoFar = 0;

  constructor(
    readonly name: FailpointName,
    readonly nth: number,
    private readonly die: () => void = () => process.kill(process.pid, 'SIGKILL'),
  ) {}

  /** Never resolves once the process was told to die. */
  async reached(name: FailpointName): Promise<void> {
    if (name !== this.name) return;
    this.reachedSoFar += 1;
    if (this.reachedSoFar < this.nth) return;
    this.die();
    await new Promise<never>(() => undefined);
  }
}

/** From variable FAILPOINT. Undefined when it is not set; Left when it is not understood or NODE_ENV is production. */
export const failpointFrom = (
  env: Readonly<Record<string, string | undefined>>,
): Either<string, Failpoint | undefined> => {
  const text = env['FAILPOINT'];
  if (text === undefined) return E.right(undefined);
  if (env['NODE_ENV'] === 'production') return E.left('FAILPOINT is for tests: unset it when NODE_ENV is production');
  const [, given, count = '1'] = /^([a-z-]+)(?::([1-9]\d{0,8}))?$/.exec(text) ?? [];
  const name = NAMES.find((known) => known === given);
  return name === undefined
    ? E.left(`FAILPOINT is ${JSON.stringify(text)}: set it to ${EXPECTED}`)
    : E.right(new Failpoint(name, Number(count)));
};

const around =
  <Err, A>(
    failpoint: Failpoint,
    before: FailpointName,
    after: FailpointName,
    task: TaskEither<Err, A>,
  ): TaskEither<Err, A> =>
  async () => {
    await failpoint.reached(before);
    const outcome = await task();
    if (E.isRight(outcome)) await failpoint.reached(after);
    return outcome;
  };

/** `before-publish`; `after-publish`: acknowledged by the broker, not yet settled. */
export const publisherWithFailpoint = (inner: Publisher, failpoint: Failpoint): Publisher =>
  publisherWith(inner, (lane, records) =>
    around(failpoint, 'before-publish', 'after-publish', inner.publish(lane, records)),
  );

/** `before-settle` and `after-settle`, around acknowledgements and failed attempts alike. */
export const relayOutboxWithFailpoint = (inner: RelayOutbox, failpoint: Failpoint): RelayOutbox => ({
  lanesWithWork: () => inner.lanesWithWork(),
  claim: (lease, lane, limit) => inner.claim(lease, lane, limit),
  acknowledge: (lease, lane, acknowledged) =>
    around(failpoint, 'before-settle', 'after-settle', inner.acknowledge(lease, lane, acknowledged)),
  recordFailure: (lease, failure, then) =>
    around(failpoint, 'before-settle', 'after-settle', inner.recordFailure(lease, failure, then)),
});

/** `before-commit`: the unit's work is done, COMMIT is not sent; `after-commit`: committed, nobody knows yet. */
export const unitOfWorkWithFailpoint = (inner: UnitOfWork, failpoint: Failpoint): UnitOfWork => {
  const then = (name: FailpointName) => () => () => failpoint.reached(name);
  return {
    run: (options, work) =>
      pipe(
        inner.run(options, (tx) => pipe(work(tx), TE.tapTask(then('before-commit')))),
        TE.tapTask(then('after-commit')),
      ),
  };
};
