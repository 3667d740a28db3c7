import * as platformatic from '@platformatic/kafka';
import { expect } from 'chai';
import { blameOf } from '../../../src/infrastructure/kafka/broker-answers.ts';
import {
  classifyPlatformaticError,
  isBrokerAnswer,
} from '../../../src/infrastructure/platformatic-kafka/classify-platformatic-error.ts';

const { AuthenticationError, MultipleErrors, NetworkError, OutOfBoundsError, ResponseError, TimeoutError, UserError } =
  platformatic;

const PRODUCE = 0;
const VERSION = 9;
const PARTITION = '/responses/0/partition_responses/0';
const UNKNOWN_SERVER_ERROR = -1;
const SUCCESS = 0;

const codes = Object.values(platformatic.protocolErrors).filter(({ code }) => code !== SUCCESS);
const answered = (errors: Readonly<Record<string, number>>): Error =>
  new ResponseError(PRODUCE, VERSION, { ...errors }, undefined);

describe('classification of publish failures of @platformatic/kafka', () => {
  it('knows who is to blame for a good part of its error codes', () => {
    const known = codes.filter(({ id }) => blameOf(id) !== 'unknown').map(({ id }) => id);
    expect(known).to.include.members(['MESSAGE_TOO_LARGE', 'INVALID_RECORD', 'NOT_LEADER_OR_FOLLOWER']);
    expect(known).to.have.lengthOf.above(30);
  });

  for (const { id, code } of codes)
    it(`${id} (${code}) is ${blameOf(id)}`, () => {
      const error = answered({ [PARTITION]: code });
      expect(classifyPlatformaticError(error)).to.include({ kind: blameOf(id), reason: id, cause: error });
      expect(isBrokerAnswer(error)).to.equal(true);
    });

  it('believes the partition’s own error, whatever single records are blamed for', () => {
    const error = answered({ [PARTITION]: 87, [`${PARTITION}/record_errors/0`]: UNKNOWN_SERVER_ERROR });
    expect(classifyPlatformaticError(error)).to.include({ kind: 'event', reason: 'INVALID_RECORD' });
  });

  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  for (const [error, kind, reason] of [
    [new NetworkError('Connection to b:1 failed.', { cause: refused }), 'outage', 'connection refused'],
    [new NetworkError('Connection closed'), 'outage', 'connection failed'],
    [new TimeoutError('Connection to b:1 timed out.'), 'outage', 'connection failed'],
    [new AuthenticationError('SASL authentication failed.'), 'outage', 'authentication failed'],
    [Object.assign(new Error('read'), { code: 'ECONNRESET' }), 'outage', 'connection reset'],
    [new OutOfBoundsError('Out of bounds.'), 'unknown', 'PLT_KFK_OUT_OF_BOUNDS'],
    [new UserError('no'), 'unknown', 'PLT_KFK_USER'],
    [new MultipleErrors('no', [refused]), 'unknown', 'PLT_KFK_MULTIPLE'],
    [new TypeError('undefined is not a function'), 'unknown', 'TypeError'],
    ['a string', 'unknown', 'not an error'],
  ] as const)
    it(`${error instanceof Error ? error.message : error} is ${kind}: ${reason}`, () => {
      expect(classifyPlatformaticError(error)).to.include({ kind, reason });
      expect(isBrokerAnswer(error)).to.equal(false);
    });
});
