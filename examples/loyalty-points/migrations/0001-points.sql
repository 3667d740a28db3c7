CREATE TABLE points (
  id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  order_id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  amount   BIGINT NOT NULL,
  PRIMARY KEY (id),
  KEY points_of_order (order_id)
);
