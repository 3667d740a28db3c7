import { InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { OrderId } from '../../domain/order/values.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const orderId = (text: string): OrderId => {
  const id = OrderId.decode(text.toLowerCase());
  if (E.isLeft(id)) throw new InvalidArgumentError('It must be an order ID, a UUID.');
  return id.right;
};

/** IDs of events, and of orders that a consumer has parked: of any version and variant. */
export const uuid = (text: string): string => {
  const id = text.toLowerCase();
  if (!UUID.test(id)) throw new InvalidArgumentError('It must be a UUID.');
  return id;
};

/** Where a page of a list begins: what the page before has told. */
export const cursor = (text: string): string => {
  if (!/^[0-9a-f-]{1,36}$/.test(text)) throw new InvalidArgumentError('It must be what the page before has told.');
  return text;
};

export const wholeNumberBetween =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d{1,9}$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };

export const lineOfText =
  (maxLength: number) =>
  (text: string): string => {
    const line = text.trim();
    if (line === '' || line.length > maxLength || /[\r\n]/.test(line))
      throw new InvalidArgumentError(`It must be one line of 1 to ${maxLength} characters.`);
    return line;
  };
