-- frame and keystroke_run are declared PARTITION BY RANGE (month) in 0000, by hand: drizzle cannot say it.
-- The gateway makes the partitions of this and the next month; the default ones take what comes unforeseen.
CREATE TABLE "frame_default" PARTITION OF "frame" DEFAULT;
--> statement-breakpoint
CREATE TABLE "keystroke_run_default" PARTITION OF "keystroke_run" DEFAULT;
--> statement-breakpoint
-- Compressed already: PostgreSQL need not try again.
ALTER TABLE "frame" ALTER COLUMN "data" SET STORAGE EXTERNAL;
--> statement-breakpoint
ALTER TABLE "frame_default" ALTER COLUMN "data" SET STORAGE EXTERNAL;
--> statement-breakpoint
-- One row per key pressed, in order: select * from keystroke where session_id = '…'.
-- The join tells the planner the month, so that one partition is read.
CREATE VIEW "keystroke" AS
SELECT
  run.session_id,
  run.channel,
  run.seq + key.number - 1 AS seq,
  run.from_us + key.elapsed_us AS t_us,
  substring(run.data FROM key.first_byte::integer FOR key.length) AS bytes,
  session.started_at + (run.from_us + key.elapsed_us) * interval '1 microsecond' AS at
FROM session
JOIN keystroke_run run ON run.session_id = session.id AND run.month = session.month
CROSS JOIN LATERAL (
  SELECT
    number,
    length,
    sum(delta_us) OVER (ORDER BY number) AS elapsed_us,
    1 + sum(length) OVER (ORDER BY number) - length AS first_byte
  FROM unnest(run.deltas_us, run.lengths) WITH ORDINALITY AS one(delta_us, length, number)
) key
ORDER BY run.session_id, run.channel, run.seq, key.number;
--> statement-breakpoint
-- Every gateway re-reads its decisions when one of these tables changes, whoever changed it.
CREATE FUNCTION "access_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('access_changed', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "access_changed" AFTER INSERT OR UPDATE OR DELETE ON "client" EXECUTE FUNCTION "access_changed"();
--> statement-breakpoint
CREATE TRIGGER "access_changed" AFTER INSERT OR UPDATE OR DELETE ON "target" EXECUTE FUNCTION "access_changed"();
--> statement-breakpoint
CREATE TRIGGER "access_changed" AFTER INSERT OR UPDATE OR DELETE ON "staff" EXECUTE FUNCTION "access_changed"();
--> statement-breakpoint
-- Not on update: the time of the last use changes with every login.
CREATE TRIGGER "access_changed" AFTER INSERT OR DELETE ON "staff_key" EXECUTE FUNCTION "access_changed"();
--> statement-breakpoint
CREATE TRIGGER "access_changed" AFTER INSERT OR UPDATE OR DELETE ON "support_key" EXECUTE FUNCTION "access_changed"();
--> statement-breakpoint
CREATE TRIGGER "access_changed" AFTER INSERT OR UPDATE OR DELETE ON "access_grant" EXECUTE FUNCTION "access_changed"();
