-- What a relay tells operators beside its lease: the lanes that the broker does not take, as a JSON list. NULL: none.
ALTER TABLE relay_members
  ADD COLUMN open_circuits TEXT COLLATE utf8mb4_bin NULL COMMENT 'JSON list of lane, since and reason';

ALTER TABLE operator_audit
  ADD KEY operator_audit_of_event (event_id, id);
