import { pipe } from 'fp-ts/lib/function.js';
import type { Kafka } from 'kafkajs';
import * as TE from 'fp-ts/lib/TaskEither.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Finding, Unreachable } from '../../application/ports/start-check.ts';
import { checkTopic } from './check-topic.ts';
import type { TopicExpectations } from './check-topic.ts';

/** What the broker says about the topic, as findings of a start check. */
export const topicFindings = (
  kafka: Kafka,
  expectations: TopicExpectations,
): TaskEither<Unreachable, readonly Finding[]> =>
  pipe(
    checkTopic(kafka, expectations),
    TE.map((problems) =>
      problems.map(({ message, severity }): Finding => ({
        problem: message,
        ...(severity === 'warning' ? { isWarning: true } : {}),
      })),
    ),
    TE.mapLeft(({ reason, cause }) => ({ _tag: 'Unreachable', reason: `Kafka: ${reason}`, cause })),
  );
