CREATE TABLE orders (
  order_id          CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version           INT UNSIGNED NOT NULL COMMENT 'sequence of the last event',
  status            ENUM('placed', 'paid', 'shipped', 'delivered', 'cancelled') NOT NULL,
  customer_id       VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
  currency          CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  total_minor       BIGINT UNSIGNED NOT NULL,
  placed_at         DATETIME(6) NOT NULL,
  payment_reference VARCHAR(200) COLLATE utf8mb4_bin NULL,
  paid_minor        BIGINT UNSIGNED NULL,
  paid_at           DATETIME(6) NULL,
  carrier           VARCHAR(200) COLLATE utf8mb4_bin NULL,
  tracking_number   VARCHAR(200) COLLATE utf8mb4_bin NULL,
  shipped_at        DATETIME(6) NULL,
  received_by       VARCHAR(200) COLLATE utf8mb4_bin NULL,
  delivered_at      DATETIME(6) NULL,
  cancel_reason     VARCHAR(200) COLLATE utf8mb4_bin NULL,
  cancelled_at      DATETIME(6) NULL,
  PRIMARY KEY (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE order_lines (
  order_id         CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  line_number      SMALLINT UNSIGNED NOT NULL COMMENT 'from 1, in the order given by the customer',
  sku              VARCHAR(64) COLLATE utf8mb4_bin NOT NULL,
  quantity         INT UNSIGNED NOT NULL,
  unit_price_minor BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (order_id, line_number),
  CONSTRAINT order_lines_of_order FOREIGN KEY (order_id) REFERENCES orders (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

CREATE TABLE idempotency_keys (
  method          VARCHAR(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  path            VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  fingerprint     CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'SHA-256 of the request body',
  answer          MEDIUMTEXT COLLATE utf8mb4_bin NULL COMMENT 'replayed byte for byte; null only inside the transaction at work',
  created_at      DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (method, path, idempotency_key)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
