import type { Progress } from './progress.ts';
import type { RoleEntry, RoleKind } from './roles.ts';
import type { ServerLayout } from './server-layout.ts';

export interface EnvironmentOptions {
  /** Roles to start, each under its own name. */
  readonly roles?: readonly string[];
  /** Another entry instead of the usual one, by kind of role: how planted bugs get in. */
  readonly entries?: Partial<Readonly<Record<RoleKind, RoleEntry>>>;
  /** Settings for the roles, by kind; they win over those of the environment. */
  readonly env?: Partial<Readonly<Record<RoleKind, Readonly<Record<string, string>>>>>;
  readonly topic?: {
    readonly name?: string;
    readonly partitions?: number;
    /** False: it is not created. */
    readonly create?: boolean;
    /** Such as `{ 'max.message.bytes': '65536' }`. */
    readonly config?: Readonly<Record<string, string>>;
  };
  /** Servers that are not the usual ones; they are then started natively. */
  readonly servers?: ServerLayout;
  /**
   * Added to the names of databases, consumer groups and topic, which are then dropped at the end. For environments that share servers
   * given by `MYSQL_URL` and `KAFKA_BROKERS`.
   */
  readonly suffix?: string;
  /** Port of the API; a free one unless told. */
  readonly apiPort?: number;
  /** Where `environment.json` and the data of the run are; `.order` of the checkout unless told. */
  readonly directory?: string;
  /** Where the roles' logs are kept; within the run's directory, which is removed at the end, unless told. */
  readonly logDirectory?: string;
  readonly progress?: Progress;
}
