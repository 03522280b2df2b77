CREATE TABLE "session_log" (
	"index" bigint PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"session_id" uuid,
	"leaf_hash" "bytea" NOT NULL,
	"statement" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "event_salt" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"seq" bigint NOT NULL,
	"salts" "bytea" NOT NULL,
	CONSTRAINT "event_salt_session_id_channel_seq_month_pk" PRIMARY KEY("session_id","channel","seq","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE TABLE "event_salt_default" PARTITION OF "event_salt" DEFAULT;
--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "head" "bytea" DEFAULT decode(repeat('00', 32), 'hex') NOT NULL;--> statement-breakpoint
ALTER TABLE "frame" ADD COLUMN "checks" "bytea" DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "frame" ADD COLUMN "crc32" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "session" ADD COLUMN "checkpoint" text;--> statement-breakpoint
CREATE INDEX "session_log_session" ON "session_log" USING btree ("session_id","index");--> statement-breakpoint
CREATE INDEX "session_log_keys" ON "session_log" USING btree ("index") WHERE "session_log"."kind" = 'key';
--> statement-breakpoint
-- One after another over all gateways: whoever appends holds the lock until it commits, so entries are numbered in the
-- order in which they become visible, without a gap. 0x67626c6f.
CREATE FUNCTION "session_log_append"(kind text, session_id uuid, leaf_hash bytea, statement text) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  place bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(1734503535);
  SELECT coalesce(max(entry.index) + 1, 0) INTO place FROM session_log entry;
  INSERT INTO session_log VALUES (place, kind, session_id, leaf_hash, statement);
  RETURN place;
END
$$;
--> statement-breakpoint
-- Against mistakes only: whoever owns the database can put it aside, and the statements then show it.
CREATE FUNCTION "session_log_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log of sessions is only ever appended to';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "session_log_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "session_log"
EXECUTE FUNCTION "session_log_append_only"();
