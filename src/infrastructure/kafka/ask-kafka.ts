import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Admin, Kafka } from 'kafkajs';
import type { Unreachable } from '../../application/ports/start-check.ts';
import { describeKafkaFailure } from './describe-kafka-failure.ts';
import { withAdmin } from './with-admin.ts';

/** One question to the brokers, on a connection of its own. */
export const askKafka = <A>(kafka: Kafka, question: (admin: Admin) => Promise<A>): TaskEither<Unreachable, A> =>
  TE.tryCatch(
    () => withAdmin(kafka, question),
    (cause): Unreachable => ({ _tag: 'Unreachable', reason: `Kafka: ${describeKafkaFailure(cause)}`, cause }),
  );
