/** One thing of the contract that is different from what was released last. */
export interface ContractFinding {
  /** Type of the event; `headers` for what is true of every record. */
  readonly event: string;
  /** Version written today. */
  readonly version: number;
  /** `lines[].quantity`; empty for the event as a whole. */
  readonly field: string;
  /** `values removed: EUR` */
  readonly what: string;
  /** It must not be released like this. */
  readonly breaking: boolean;
  /**
   * Who no longer understands what: `topic` – today's code cannot read events that were written before; `consumers` –
   * those that were not upgraded cannot rely on what is written from now on.
   */
  readonly breaks: readonly ('topic' | 'consumers')[];
  /** Names of the consumers that handle the event. */
  readonly consumers: readonly string[];
}

/** One thing of the HTTP interface that is different from what was released last. */
export interface HttpFinding {
  /** `POST /orders/{orderId}/payment` */
  readonly operation: string;
  /** `request body`, `answer 200`, `query status`; empty for the operation as a whole. */
  readonly part: string;
  /** `amount.currency`; empty for the part as a whole. */
  readonly field: string;
  /** `values removed: EUR` */
  readonly what: string;
  /** It must not be released like this. */
  readonly breaking: boolean;
  /**
   * What clients that were not changed can no longer do: `requests` – send what was taken; `answers` – rely on what they
   * were told of answers.
   */
  readonly breaks: readonly ('requests' | 'answers')[];
}

/** Compares the contract of this checkout with the one released last. Problems: why it cannot. */
export type ContractCheck = () => Promise<
  | { readonly findings: readonly ContractFinding[]; readonly http: readonly HttpFinding[] }
  | { readonly problems: readonly string[] }
>;
