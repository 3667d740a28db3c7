-- One row per event that a consumer has applied or skipped. Must outlive the topic's retention.
CREATE TABLE inbox (
  consumer    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence    INT UNSIGNED NOT NULL,
  type        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256 of what makes the event, hex',
  skipped     BOOLEAN NOT NULL COMMENT 'true for the stand-in of an event that an operator skipped',
  topic           VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kafka_partition SMALLINT UNSIGNED NOT NULL,
  kafka_offset    BIGINT UNSIGNED NOT NULL,
  applied_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (consumer, event_id),
  UNIQUE KEY inbox_of_order (consumer, order_id, sequence)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- One row per order, kept for ever: it is also the lock under which everything about the order is decided.
CREATE TABLE inbox_orders (
  consumer          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id          CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_sequence     INT UNSIGNED NOT NULL DEFAULT 0,
  baseline_sequence INT UNSIGNED NULL COMMENT 'first sequence seen, when it was allowed to be above 1',
  baseline_because  VARCHAR(500) COLLATE utf8mb4_bin NULL,
  parked_at         DATETIME(6) NULL,
  parked_event_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  parked_reason     VARCHAR(1000) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (consumer, order_id),
  KEY inbox_orders_parked (consumer, parked_at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Events whose turn has not come: an earlier one is missing, or their order is parked.
CREATE TABLE inbox_waiting (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  consumer        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence        INT UNSIGNED NOT NULL,
  type            VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version         INT UNSIGNED NOT NULL,
  occurred_at     TEXT COLLATE utf8mb4_bin NOT NULL COMMENT 'as it stood in the record',
  payload         LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  headers         LONGTEXT COLLATE utf8mb4_bin NOT NULL COMMENT 'JSON object',
  fingerprint     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  is_skip         BOOLEAN NOT NULL,
  topic           VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kafka_partition SMALLINT UNSIGNED NOT NULL,
  kafka_offset    BIGINT UNSIGNED NOT NULL,
  stored_at       DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id),
  UNIQUE KEY inbox_waiting_event (consumer, event_id),
  KEY inbox_waiting_of_order (consumer, order_id, sequence, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- Records kept byte for byte because they broke the contract. Dismissed, never deleted.
CREATE TABLE inbox_parked_records (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  consumer        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic           VARCHAR(249) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kafka_partition SMALLINT UNSIGNED NOT NULL,
  kafka_offset    BIGINT UNSIGNED NOT NULL,
  fingerprint     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256 of key, value and headers',
  order_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'null when the record does not say whose it is',
  event_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
  reason          VARCHAR(1000) COLLATE utf8mb4_bin NOT NULL,
  record_key      LONGBLOB NULL,
  record_value    LONGBLOB NULL,
  record_headers  LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  parked_at       DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  dismissed_at    DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY inbox_parked_record (consumer, topic, kafka_partition, kafka_offset, fingerprint),
  KEY inbox_parked_of_order (consumer, order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- HTTP requests that effects ask for, sent after COMMIT until a final answer.
CREATE TABLE callbacks (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  consumer        VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name            VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence        INT UNSIGNED NOT NULL,
  method          VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  path            VARCHAR(512) COLLATE utf8mb4_bin NOT NULL,
  body            LONGTEXT COLLATE utf8mb4_bin NOT NULL,
  status          ENUM('pending', 'delivered', 'refused') NOT NULL DEFAULT 'pending',
  attempts        INT UNSIGNED NOT NULL DEFAULT 0,
  next_attempt_at DATETIME(6) NOT NULL COMMENT 'also the end of the lease of whoever is sending it',
  answer_status   SMALLINT UNSIGNED NULL,
  last_error      VARCHAR(1000) COLLATE utf8mb4_bin NULL,
  created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  finished_at     DATETIME(6) NULL,
  PRIMARY KEY (id),
  UNIQUE KEY callbacks_once (consumer, event_id, name),
  KEY callbacks_due (consumer, status, next_attempt_at),
  KEY callbacks_of_order (consumer, order_id, status, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
