import type { RelayOutbox } from '../../../src/application/ports/relay-outbox.ts';

/** An outbox, and how often each of its methods was asked for. */
export class AskedOutbox {
  readonly asked = new Map<PropertyKey, number>();
  readonly outbox: RelayOutbox;

  constructor(outbox: RelayOutbox) {
    this.outbox = new Proxy(outbox, {
      get: (target, property, receiver): unknown => {
        this.asked.set(property, (this.asked.get(property) ?? 0) + 1);
        return Reflect.get(target, property, receiver);
      },
    });
  }

  times(what: keyof RelayOutbox): number {
    return this.asked.get(what) ?? 0;
  }

  forget(): void {
    this.asked.clear();
  }
}
