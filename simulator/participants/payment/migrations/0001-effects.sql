-- Every effect as it happened. No unique key on the event: what the consumer kit lets through twice must show.
CREATE TABLE effects (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  consumer   VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence   INT UNSIGNED NOT NULL,
  kind       VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  detail     VARCHAR(500) COLLATE utf8mb4_bin NULL,
  PRIMARY KEY (id),
  KEY effects_of_order (order_id, id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
