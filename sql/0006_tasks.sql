CREATE TABLE "task" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"client_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"note" text NOT NULL,
	"estimate_minutes" integer,
	"raised_at" timestamp with time zone NOT NULL,
	"raised_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	"closed_by" text,
	CONSTRAINT "task_number" UNIQUE("client_id","sequence"),
	CONSTRAINT "task_closed" CHECK (("task"."closed_at" is null) = ("task"."closed_by" is null))
);
--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "task_newest" ON "task" USING btree ("raised_at","id");--> statement-breakpoint
CREATE INDEX "task_open" ON "task" USING btree ("client_id") WHERE "task"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "session_task" ON "session" USING btree ("task","started_at") WHERE "session"."task" is not null;