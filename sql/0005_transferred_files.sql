CREATE TABLE "transferred_file" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"number" integer NOT NULL,
	"t_us" bigint NOT NULL,
	"ended_us" bigint,
	"operation" text NOT NULL,
	"direction" text,
	"path" text,
	"path_bytes" "bytea",
	"new_path" text,
	"new_path_bytes" "bytea",
	"bytes" bigint,
	"sha256" "bytea",
	"result" text,
	"note" text,
	CONSTRAINT "transferred_file_session_id_channel_number_month_pk" PRIMARY KEY("session_id","channel","number","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
-- As for frame and keystroke_run: what comes before its month has a partition.
CREATE TABLE "transferred_file_default" PARTITION OF "transferred_file" DEFAULT;
