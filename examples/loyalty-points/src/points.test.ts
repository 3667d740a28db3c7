import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignore } from '@orderly/consumer-kit';
import type { EventHandlers } from '@orderly/consumer-kit';
import { ConsumerTest, TestOrder } from '@orderly/consumer-kit/testing';
import { points } from './points.ts';

const amount = { amountMinor: 4_250, currency: 'EUR' };

test('given a paid order, heard of twice / then its points are written once', async () => {
  const [order, consumer] = [new TestOrder(), ConsumerTest.of(points)];
  const [placed, paid] = [order.next('OrderPlaced'), order.next('OrderPaid', { amount })];
  assert.deepEqual(await consumer.given(placed, paid, paid), ['applied', 'applied', 'duplicate']);
  assert.deepEqual(
    consumer.effects.map(({ params }) => params),
    [[order.orderId, 42]],
  );
});

test('given the payment before the order / then it waits for it', async () => {
  const [order, consumer] = [new TestOrder(), ConsumerTest.of(points)];
  const [placed, paid] = [order.next('OrderPlaced'), order.next('OrderPaid', { amount })];
  assert.deepEqual(await consumer.given(paid), ['held']);
  assert.deepEqual(consumer.effects, []);
  assert.deepEqual(await consumer.given(placed), ['applied']);
  assert.equal(consumer.effects.length, 1);
});

test('an event type with neither a handler nor an ignore does not compile', () => {
  // @ts-expect-error OrderCancelled is missing
  const forgotten: EventHandlers = {
    OrderPlaced: ignore,
    OrderPaid: ignore,
    OrderShipped: ignore,
    OrderDelivered: ignore,
  };
  assert.equal('OrderCancelled' in forgotten, false);
});

test('a handler knows the payload of its event', () => {
  const { handlers } = points;
  const wrong: EventHandlers = {
    ...handlers,
    // @ts-expect-error a shipped order has no amount
    OrderShipped: ({ payload }) => Promise.resolve(payload.amount),
  };
  assert.notEqual(wrong.OrderShipped, ignore);
});
