CREATE TABLE charges (
  id                BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id          CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payment_reference VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount_minor      BIGINT UNSIGNED NOT NULL,
  currency          CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  status            ENUM('charged', 'refunded') NOT NULL DEFAULT 'charged',
  charged_at        DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  refunded_at       DATETIME(6) NULL,
  PRIMARY KEY (id),
  KEY charges_of_order (order_id)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;
