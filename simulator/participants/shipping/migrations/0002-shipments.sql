CREATE TABLE shipments (
  id              BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id        CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  carrier         VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  tracking_number VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status          ENUM('sent', 'recalled') NOT NULL DEFAULT 'sent',
  sent_at         DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  recalled_at     DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY shipments_of_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE deliveries (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id    CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  received_by VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  deliver_at  DATETIME(6) NOT NULL COMMENT 'not reported to the order service before',
  PRIMARY KEY (id),
  KEY deliveries_of_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
