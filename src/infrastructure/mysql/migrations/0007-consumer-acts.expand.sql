-- What operators have asked of consumers. A consumer is another service with a database of its own, so what became of an
-- act cannot be written in the transaction that does it: the act is written before the consumer is asked, what became of it
-- afterwards. An act without an outcome was asked, or was to be; what became of it is not known. Rows are only ever added.
CREATE TABLE consumer_acts (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  request_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of all orders of one request',
  at         DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'before the consumer is asked',
  actor      VARCHAR(128) COLLATE utf8mb4_bin NOT NULL,
  consumer   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  reason     VARCHAR(500) COLLATE utf8mb4_bin NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY consumer_acts_of_request (request_id, order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE consumer_act_outcomes (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  request_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  at         DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  outcome    ENUM('released', 'not-parked', 'not-done', 'unknown') NOT NULL COMMENT 'the last two: it may be asked again',
  detail     VARCHAR(1000) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (id),
  KEY consumer_act_outcomes_of_act (request_id, order_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
