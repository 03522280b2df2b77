CREATE TABLE "tree_head" (
	"gateway_id" text PRIMARY KEY NOT NULL,
	"size" bigint NOT NULL,
	"statement" text NOT NULL
);

--> statement-breakpoint
-- Every gateway signs a new head when the log has grown, whoever appended.
CREATE OR REPLACE FUNCTION "session_log_append"(kind text, session_id uuid, leaf_hash bytea, statement text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  place bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(1734503535);
  SELECT coalesce(max(entry.index) + 1, 0) INTO place FROM session_log entry;
  INSERT INTO session_log VALUES (place, kind, session_id, leaf_hash, statement);
  PERFORM pg_notify('session_log', '');
  RETURN place;
END
$$;
