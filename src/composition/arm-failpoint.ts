import type { Container } from 'inversify';
import {
  publisherWithFailpoint,
  relayOutboxWithFailpoint,
  unitOfWorkWithFailpoint,
} from '../infrastructure/failpoints.ts';
import type { Failpoint } from '../infrastructure/failpoints.ts';
import { TOKENS } from './tokens.ts';

/** Lets the process die at the named moment, as by kill -9. For tests; refused in production. */
export const armFailpoint = (container: Container, failpoint: Failpoint): void => {
  const unitOfWork = container.get(TOKENS.UnitOfWork);
  const publisher = container.get(TOKENS.Publisher);
  const relayOutbox = container.get(TOKENS.RelayOutbox);
  container.rebind(TOKENS.UnitOfWork).toConstantValue(unitOfWorkWithFailpoint(unitOfWork, failpoint));
  container.rebind(TOKENS.Publisher).toConstantValue(publisherWithFailpoint(publisher, failpoint));
  container.rebind(TOKENS.RelayOutbox).toConstantValue(relayOutboxWithFailpoint(relayOutbox, failpoint));
};
