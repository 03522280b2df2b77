ALTER TABLE "audit_event" ALTER COLUMN "id" DROP IDENTITY;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "at" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "client" text;--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "hash" "bytea";--> statement-breakpoint
CREATE INDEX "audit_event_client" ON "audit_event" USING btree ("client","id");--> statement-breakpoint
UPDATE "audit_event" SET "client" = CASE split_part("subject", ':', 1)
  WHEN 'client' THEN split_part("subject", ':', 2)
  WHEN 'target' THEN split_part(split_part("subject", ':', 2), '.', 2)
  WHEN 'task' THEN lower(regexp_replace(split_part("subject", ':', 2), '-\d+$', ''))
  WHEN 'session' THEN (
    SELECT owner.slug FROM "session" s JOIN "client" owner ON owner.id = s.client_id
    WHERE s.id::text = split_part("subject", ':', 2)
  )
END;--> statement-breakpoint
CREATE FUNCTION "audit_hash"(before bytea, event audit_event) RETURNS bytea LANGUAGE sql STABLE AS $$
  SELECT sha256(coalesce(before, '') || convert_to(jsonb_build_array(
    event.id, to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    event.actor, event.action, event.subject, event.client, event.detail
  )::text, 'UTF8'))
$$;--> statement-breakpoint
DO $$
DECLARE
  event audit_event;
  place bigint := 0;
  before bytea;
BEGIN
  FOR event IN SELECT * FROM audit_event ORDER BY id LOOP
    place := place + 1;
    UPDATE audit_event SET id = place WHERE id = event.id;
    event.id := place;
    before := audit_hash(before, event);
    UPDATE audit_event SET hash = before WHERE id = place;
  END LOOP;
END
$$;--> statement-breakpoint
ALTER TABLE "audit_event" ALTER COLUMN "hash" SET NOT NULL;--> statement-breakpoint
-- One after another, so that each has the hash of the one before. The lock is held to the end of the transaction.
CREATE FUNCTION "audit_append"(actor text, action text, subject text, client text, detail jsonb) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  last audit_event;
  event audit_event;
BEGIN
  PERFORM pg_advisory_xact_lock(1734503536);
  SELECT * INTO last FROM audit_event ORDER BY id DESC LIMIT 1;
  event.id := coalesce(last.id, 0) + 1;
  event.at := greatest(clock_timestamp(), last.at);
  event.actor := actor;
  event.action := action;
  event.subject := subject;
  event.client := client;
  event.detail := detail;
  event.hash := audit_hash(last.hash, event);
  INSERT INTO audit_event SELECT event.*;
END
$$;--> statement-breakpoint
CREATE FUNCTION "audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'entries of the audit trail are never changed or removed';
END
$$;--> statement-breakpoint
CREATE TRIGGER "audit_event_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_event"
  FOR EACH STATEMENT EXECUTE FUNCTION "audit_is_append_only"();
