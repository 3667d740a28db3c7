-- Relays that are alive share the lanes among them: one lease for each lane, named lane-0, lane-1, …
CREATE TABLE relay_members (
  owner      VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  joined_at  DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) COMMENT 'the eldest come first where lanes do not divide evenly',
  expires_at DATETIME(6) NOT NULL COMMENT 'on the database clock',
  PRIMARY KEY (owner)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;

-- The one lease for all lanes that older versions work under: fences such a relay, and no other one gets it.
UPDATE relay_leases SET owner = '', epoch = epoch + 1, expires_at = '9999-12-31 00:00:00' WHERE name = 'relay';
