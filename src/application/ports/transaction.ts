declare const transaction: unique symbol;

/**
 * An open database transaction. Only a unit of work makes one, and whatever must commit together takes it
 * as an argument: appending to the outbox outside a transaction does not compile.
 */
export interface Transaction {
  readonly [transaction]: true;
}
