import * as t from 'io-ts';
import * as values from '../../src/domain/order/values.ts';

/** The codecs a field can have, by name: the value objects of the domain. */
export const valueCodecs: ReadonlyMap<string, t.Mixed> = new Map(
  Object.entries(values).filter((entry): entry is [string, (typeof entry)[1] & t.Mixed] => entry[1] instanceof t.Type),
);
