import * as E from 'fp-ts/lib/Either.js';
import type { HandleOrderCommand } from '../../../application/orders/handle-order-command.ts';
import type { Tracer } from '../../../application/ports/tracer.ts';
import { aboutTopic } from './messaging.ts';

/**
 * The unit of work of a command, COMMIT included, as the span that creates its events: they carry it in their rows of the
 * outbox, and whoever publishes or applies them goes on from there.
 */
export const tracedOrderCommands = (
  commands: Pick<HandleOrderCommand, 'handle'>,
  topic: string,
  tracer: Tracer,
): Pick<HandleOrderCommand, 'handle'> => ({
  handle: (request) => async () => {
    const span = tracer.start({
      name: `create ${topic}`,
      kind: 'producer',
      parent: request.headers['traceparent'],
      attributes: { ...aboutTopic(topic, 'create'), 'orderly.command': request.command.type },
    });
    const { traceparent } = span;
    const headers = { ...request.headers, traceparent, ce_traceparent: traceparent };
    const answered = await commands.handle({ ...request, headers })();
    span.end(E.isLeft(answered) ? { failure: answered.left._tag } : {});
    return answered;
  },
});
