-- For trigrams of any text, inside words, too. Since PostgreSQL 13 whoever may create in a database may create it.
CREATE EXTENSION IF NOT EXISTS "pg_trgm";
--> statement-breakpoint
CREATE TABLE "command" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"number" integer NOT NULL,
	"t_us" bigint NOT NULL,
	"ended_us" bigint,
	"text" text NOT NULL,
	"source" text NOT NULL,
	"exit_status" bigint,
	"directory" text,
	CONSTRAINT "command_session_id_channel_number_month_pk" PRIMARY KEY("session_id","channel","number","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE TABLE "session_text" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"part" text NOT NULL,
	"number" integer NOT NULL,
	"text" text NOT NULL,
	"lines_us" bigint[] NOT NULL,
	CONSTRAINT "session_text_session_id_channel_part_number_month_pk" PRIMARY KEY("session_id","channel","part","number","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
ALTER TABLE "channel" ADD COLUMN "searchable" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "command_trigrams" ON "command" USING gin ("text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "session_text_trigrams" ON "session_text" USING gin ("text" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "channel_not_searchable" ON "channel" USING btree ("session_id","channel") WHERE not "channel"."searchable";
--> statement-breakpoint
-- As for frame and keystroke_run: what comes before its month has a partition.
CREATE TABLE "command_default" PARTITION OF "command" DEFAULT;
--> statement-breakpoint
CREATE TABLE "session_text_default" PARTITION OF "session_text" DEFAULT;
