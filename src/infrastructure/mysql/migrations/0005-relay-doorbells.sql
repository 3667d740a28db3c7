-- Where a relay hears of commits in other processes: an IP address and a UDP port. NULL: it hears of none and polls.
ALTER TABLE relay_members
  ADD COLUMN doorbell VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'such as 127.0.0.1:40123';
