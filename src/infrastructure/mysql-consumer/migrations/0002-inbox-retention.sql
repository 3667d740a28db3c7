-- Rows of inbox are removed once they are older than any record of the topic can be. What stays of them is how far they
-- have gone: an event that comes all the same is known by its sequence then. Added at once, no row is rewritten.
ALTER TABLE inbox_orders
  ADD COLUMN purged_through INT UNSIGNED NOT NULL DEFAULT 0
  COMMENT 'rows of inbox up to this sequence may have been removed as too old to come again';
