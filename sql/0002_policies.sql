ALTER TABLE "client" ADD COLUMN "policy" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "target" ADD COLUMN "policy" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "client" ADD CONSTRAINT "client_policy" CHECK (jsonb_typeof("client"."policy") = 'object');--> statement-breakpoint
ALTER TABLE "target" ADD CONSTRAINT "target_policy" CHECK (jsonb_typeof("target"."policy") = 'object');