import { SimulatedProcess } from '../../../simulator/deterministic/simulated-process.ts';
import { withinProcess } from '../../../simulator/deterministic/within-process.ts';
import type { Relay, RelayParts } from '../../../src/application/relay/relay.ts';
import type { RelaySettings } from '../../../src/application/relay/relay-settings.ts';
import type { RelayHouse } from './relay-house.ts';

/** A relay of the house, started in a process of its own that can be killed or paused at any await. */
export class SimulatedRelay extends SimulatedProcess {
  readonly relay: Relay;

  constructor(house: RelayHouse, settings: Partial<RelaySettings>, parts: Partial<RelayParts> = {}) {
    super(house.clock);
    this.relay = house.relay(settings, withinProcess(this, { ...house.parts, ...parts }));
    this.relay.start();
  }
}
