-- Every effect as it happened. No unique key on the event: what the kit lets through twice must show.
CREATE TABLE effects (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  event_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  order_id   CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence   INT UNSIGNED NOT NULL,
  applied_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
