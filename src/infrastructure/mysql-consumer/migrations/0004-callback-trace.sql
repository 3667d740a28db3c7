-- The trace in which the event had its effect, so that a callback goes on in it, whoever sends it and however late.
ALTER TABLE callbacks
  ADD COLUMN traceparent CHAR(55) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'W3C Trace Context; null: not traced';
