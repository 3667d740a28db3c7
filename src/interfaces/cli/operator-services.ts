import type { ActOnEvents } from '../../application/operations/act-on-events.ts';
import type { ExplainOrder } from '../../application/operations/explain-order.ts';
import type { Overview } from '../../application/operations/overview.ts';
import type { PurgeOutbox } from '../../application/operations/purge-outbox.ts';
import type { RedriveEvent } from '../../application/operations/redrive-event.ts';
import type { ReprocessParked } from '../../application/operations/reprocess-parked.ts';
import type { SkipEvent } from '../../application/operations/skip-event.ts';
import type { AuditQueries } from '../../application/ports/audit-queries.ts';
import type { ConsumerDesk } from '../../application/ports/consumer-desk.ts';
import type { OutboxQueries } from '../../application/ports/outbox-queries.ts';
import type { ParkedDesk } from '../../application/ports/parked-desk.ts';
import type { SchemaMigrations } from '../../application/ports/schema-migrations.ts';
import type { Examination } from '../../application/ports/examination.ts';

/** What the commands work with, connected to the database. */
export interface OperatorServices {
  readonly overview: Pick<Overview, 'look'>;
  readonly actOnEvents: Pick<ActOnEvents, 'handle' | 'rehearse'>;
  readonly audit: Pick<AuditQueries, 'list'>;
  readonly outbox: OutboxQueries;
  readonly redrive: Pick<RedriveEvent, 'handle'>;
  readonly skip: Pick<SkipEvent, 'handle' | 'rehearse'>;
  readonly purge: Pick<PurgeOutbox, 'handle'>;
  readonly explain: Pick<ExplainOrder, 'handle'>;
  readonly consumers: Pick<ConsumerDesk, 'statuses'>;
  readonly parked: Pick<ParkedDesk, 'list'>;
  readonly reprocess: Pick<ReprocessParked, 'handle' | 'rehearse'>;
  close(): Promise<void>;
}

/** What `migrate` works with. */
export interface MigrationServices {
  readonly migrations: SchemaMigrations;
  close(): Promise<void>;
}

export interface DoctorRequest {
  /** What the MySQL user of the settings is for; see `grants`. */
  readonly role: string;
  /** Compares tables and topic too, all of both. */
  readonly deep: boolean;
}

/** What `doctor` asks, connected to database and broker. */
export interface DoctorServices {
  readonly examinations: readonly Examination[];
  close(): Promise<void>;
}

/** Settings that are missing or wrong; one line for each. */
export interface SettingsRefused {
  readonly _tag: 'SettingsRefused';
  readonly problems: readonly string[];
}

/** SQL that gives a MySQL account the rights of one role on a database. */
export type Grants = (database: string, account: { readonly user: string; readonly host: string }) => readonly string[];

/** Opened by the command that needs them, so that `--help` works without any setting. */
export interface OperatorServicesFactory {
  readonly open: () => OperatorServices | SettingsRefused;
  readonly openMigrations: () => MigrationServices | SettingsRefused;
  readonly openDoctor: (request: DoctorRequest) => DoctorServices | SettingsRefused;
  /** By role. */
  readonly grants: ReadonlyMap<string, Grants>;
  /** Name of the person at the keyboard, for the audit. */
  readonly actor: string;
}
