-- Why an order is parked, as one of a few kinds (see PARKING_CAUSES), so that all of one kind can be released together.
ALTER TABLE inbox_orders
  ADD COLUMN parked_cause VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL
  COMMENT 'kind of parked_reason; null for what an earlier release has parked for another reason than these two';

-- What waits for an upgrade was parked by the release before it, which wrote words only.
UPDATE inbox_orders
   SET parked_cause = CASE WHEN parked_reason LIKE 'version % is not known, only 1 to %' THEN 'unknown-version'
                           WHEN parked_reason LIKE 'the event type % is not known' THEN 'unknown-type' END
 WHERE parked_at IS NOT NULL;
