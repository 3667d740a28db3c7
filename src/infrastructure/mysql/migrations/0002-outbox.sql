CREATE TABLE outbox (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  event_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'ordering key',
  sequence        INT UNSIGNED NOT NULL COMMENT 'contiguous from 1 per order',
  type            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version         SMALLINT UNSIGNED NOT NULL,
  occurred_at     DATETIME(6) NOT NULL,
  payload         MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL COMMENT 'JSON, published as these exact bytes',
  payload_bytes   INT UNSIGNED AS (LENGTH(payload)) STORED COMMENT 'lets a claim count bytes without reading payloads',
  headers         TEXT COLLATE utf8mb4_bin NOT NULL COMMENT 'JSON object of extra headers',
  status          ENUM('PENDING', 'COMPLETED', 'QUARANTINED') NOT NULL DEFAULT 'PENDING',
  attempts        TINYINT UNSIGNED NOT NULL DEFAULT 0,
  next_attempt_at DATETIME(6) NULL COMMENT 'null until the first attempt failed',
  last_error      VARCHAR(1000) COLLATE utf8mb4_bin NULL,
  held_by         BIGINT UNSIGNED NULL COMMENT 'row of the earlier event of this order that must go first',
  created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  published_at    DATETIME(6) NULL,
  kafka_partition SMALLINT UNSIGNED NOT NULL COMMENT 'the lane: murmur2 of the order ID, set at append',
  kafka_offset    BIGINT UNSIGNED NULL,
  PRIMARY KEY (id),
  UNIQUE KEY outbox_event (event_id),
  UNIQUE KEY outbox_order_sequence (order_id, sequence),
  KEY outbox_claim (kafka_partition, status, held_by, next_attempt_at, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- One row per order whose head waits for a retry or is quarantined: rows of the order with a higher sequence
-- than `sequence` are held. Small, so that asking it for every claimed row is cheap.
CREATE TABLE outbox_blocks (
  order_id        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence        INT UNSIGNED NOT NULL,
  outbox_id       BIGINT UNSIGNED NOT NULL,
  kafka_partition SMALLINT UNSIGNED NOT NULL,
  created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE outbox_attempts (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  event_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt    TINYINT UNSIGNED NOT NULL COMMENT '1 to 7, again from 1 after a redrive',
  failed_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  error      VARCHAR(1000) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (id),
  KEY outbox_attempts_of_event (event_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE outbox_skipped (
  event_id            CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence            INT UNSIGNED NOT NULL,
  type                VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version             SMALLINT UNSIGNED NOT NULL,
  occurred_at         DATETIME(6) NOT NULL,
  payload             MEDIUMTEXT COLLATE utf8mb4_bin NOT NULL,
  headers             TEXT COLLATE utf8mb4_bin NOT NULL,
  attempts            TINYINT UNSIGNED NOT NULL,
  last_error          VARCHAR(1000) COLLATE utf8mb4_bin NULL,
  created_at          DATETIME(6) NOT NULL,
  skipped_at          DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  skipped_by          VARCHAR(128) COLLATE utf8mb4_bin NOT NULL,
  reason              VARCHAR(500) COLLATE utf8mb4_bin NOT NULL,
  replacement_event_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (event_id),
  KEY outbox_skipped_of_order (order_id, sequence)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE relay_leases (
  name       VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  owner      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  epoch      BIGINT UNSIGNED NOT NULL COMMENT 'rises with every change of owner',
  expires_at DATETIME(6) NOT NULL COMMENT 'on the database clock',
  PRIMARY KEY (name)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The partition count that lanes were computed with. Another count would break the order of every key.
CREATE TABLE topic_pins (
  topic      VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  partitions SMALLINT UNSIGNED NOT NULL,
  pinned_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (topic)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE operator_audit (
  id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  at       DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actor    VARCHAR(128) COLLATE utf8mb4_bin NOT NULL,
  action   ENUM('redrive', 'skip', 'purge') NOT NULL,
  event_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason   VARCHAR(500) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
