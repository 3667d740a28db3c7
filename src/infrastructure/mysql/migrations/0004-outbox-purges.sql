-- One row for each run of `order outbox purge` that is no rehearsal. `purged_rows` grows with each chunk, in the
-- transaction that deletes the chunk's rows, so at any commit: the sum of all orders' versions = rows of outbox + sum
-- of purged_rows; and what is left of an order are its highest sequences, without a gap.
-- The row that stands for a skipped event is purged like any other; its row of outbox_skipped stays.
--
-- Table outbox gets no index for it. Index outbox_claim already lists the COMPLETED rows of each lane by id, and within
-- an order ids rise with the sequence: a purge walks there, and settling an event costs nothing more.
CREATE TABLE outbox_purges (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at          DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'when the run began',
  actor       VARCHAR(128) COLLATE utf8mb4_bin NOT NULL,
  cutoff      DATETIME(6) NOT NULL COMMENT 'only rows published before it were removed; on the database clock',
  purged_rows BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows of outbox removed so far',
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
