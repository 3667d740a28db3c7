import type { OrderStatus } from '../../domain/order/order.ts';
import type { ContractCheck } from './contract-check.ts';

/** One field of an event's payload. */
export interface NewField {
  readonly name: string;
  /** Name of a codec in `src/domain/order/values.ts`. */
  readonly codec: string;
  /** It may be left out. */
  readonly optional?: true;
  /** It may be null. */
  readonly nullable?: true;
  /** Value for golden and samples, as JSON or as plain text; the codec's own example when it is left out. */
  readonly example?: string;
}

/** What only a person can say about a new event. */
export interface NewEvent {
  readonly name: string;
  readonly summary: string;
  readonly fields: readonly NewField[];
  /** Names of the fields that the order keeps from then on, each in a column of its own. */
  readonly keeps: readonly string[];
  /** States of an order in which it can happen. */
  readonly states: readonly OrderStatus[];
  /** The new command that raises it and the last part of its path; undefined when an existing command does. */
  readonly command: { readonly name: string; readonly path: string } | undefined;
}

export interface NewEventFiles {
  /** Sources, and then the documents that are made from them. */
  readonly created: readonly string[];
  readonly changed: readonly string[];
  /** What is left for a person, one line each: first what the compiler asks for. */
  readonly next: readonly string[];
}

/** Why nothing was written, one line each. */
export interface NewEventRefused {
  readonly problems: readonly string[];
}

/** What a consumer in this checkout says about types of events; it may also name one that is in the catalog no more. */
export interface ConsumerStance {
  readonly consumer: string;
  readonly stances: ReadonlyMap<string, 'handles' | 'ignores'>;
}

/** Reads and writes the sources of this checkout. */
export interface EventTools {
  /** Compares the contract with the one released last. */
  readonly check: ContractCheck;
  consumers(): Promise<readonly ConsumerStance[]>;
  /** Writes all files or none; with `dryRun` only says which. */
  create(event: NewEvent, options: { readonly dryRun: boolean }): Promise<NewEventFiles | NewEventRefused>;
}

/** What a developer's checkout offers beyond the operator's command line. */
export interface DeveloperTools {
  /** The reason when what it needs is not installed. */
  readonly open: () => Promise<EventTools | NewEventRefused>;
  /** Asks the person at the keyboard; undefined when there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}
