CREATE TABLE "gateway_lease" (
	"gateway_id" text PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL
);

--> statement-breakpoint
-- Gateways that never took one are given a day to start again: whatever of theirs is live then was lost.
INSERT INTO "gateway_lease" SELECT DISTINCT "gateway_id", now() + interval '1 day' FROM "session" WHERE "state" = 'live';
