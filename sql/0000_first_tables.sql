CREATE TABLE "access_grant" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"staff_id" uuid NOT NULL,
	"client_id" uuid NOT NULL,
	"target_id" uuid,
	"until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "audit_event" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_event_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"detail" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "client" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"zone" text NOT NULL,
	"language" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "client_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "staff" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"login" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"roles" text[] NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "staff_login_unique" UNIQUE("login")
);
--> statement-breakpoint
CREATE TABLE "staff_key" (
	"fingerprint" "bytea" PRIMARY KEY GENERATED ALWAYS AS (sha256(blob)) STORED NOT NULL,
	"staff_id" uuid NOT NULL,
	"type" text NOT NULL,
	"blob" "bytea" NOT NULL,
	"comment" text NOT NULL,
	"added_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "support_key" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"client_id" uuid NOT NULL,
	"state" text NOT NULL,
	"public_blob" "bytea" NOT NULL,
	"sealed_private" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"changed_by" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "target" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"client_id" uuid NOT NULL,
	"name" text NOT NULL,
	"reach_kind" text NOT NULL,
	"host" text,
	"port" integer,
	"login" text NOT NULL,
	"logins" text[] NOT NULL,
	"notes" text NOT NULL,
	"sealed_password" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "target_reach" CHECK ("target"."reach_kind" <> 'ssh' or ("target"."host" is not null and "target"."port" is not null))
);
--> statement-breakpoint
CREATE TABLE "target_host_key" (
	"target_id" uuid NOT NULL,
	"type" text NOT NULL,
	"blob" "bytea" NOT NULL,
	"trusted_at" timestamp with time zone DEFAULT now() NOT NULL,
	"trusted_by" text NOT NULL,
	CONSTRAINT "target_host_key_target_id_blob_pk" PRIMARY KEY("target_id","blob")
);
--> statement-breakpoint
CREATE TABLE "channel" (
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"month" date NOT NULL,
	"kind" text,
	"command" "bytea",
	"terminal_type" text,
	"terminal_columns" bigint,
	"terminal_rows" bigint,
	"opened_us" bigint NOT NULL,
	"closed_us" bigint,
	"archived_seq" bigint NOT NULL,
	"exit_status" bigint,
	"exit_signal" text,
	"keystrokes" bigint DEFAULT 0 NOT NULL,
	"bytes_in" bigint DEFAULT 0 NOT NULL,
	"bytes_out" bigint DEFAULT 0 NOT NULL,
	"bytes_err" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "channel_session_id_channel_pk" PRIMARY KEY("session_id","channel")
);
--> statement-breakpoint
CREATE TABLE "frame" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"seq" bigint NOT NULL,
	"events" integer NOT NULL,
	"from_us" bigint NOT NULL,
	"to_us" bigint NOT NULL,
	"raw_length" integer NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "frame_session_id_channel_seq_month_pk" PRIMARY KEY("session_id","channel","seq","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE TABLE "keystroke_run" (
	"month" date NOT NULL,
	"session_id" uuid NOT NULL,
	"channel" integer NOT NULL,
	"seq" bigint NOT NULL,
	"from_us" bigint NOT NULL,
	"deltas_us" integer[] NOT NULL,
	"lengths" integer[] NOT NULL,
	"data" "bytea" NOT NULL,
	CONSTRAINT "keystroke_run_session_id_channel_seq_month_pk" PRIMARY KEY("session_id","channel","seq","month")
) PARTITION BY RANGE ("month");
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"month" date NOT NULL,
	"gateway_id" text NOT NULL,
	"client_id" uuid NOT NULL,
	"target_id" uuid NOT NULL,
	"staff_id" uuid NOT NULL,
	"login" text NOT NULL,
	"source_address" text NOT NULL,
	"task" text,
	"reason" text,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"state" text NOT NULL,
	"end_reason" text,
	"length_us" bigint DEFAULT 0 NOT NULL,
	"channels" integer DEFAULT 0 NOT NULL,
	"keystrokes" bigint DEFAULT 0 NOT NULL,
	"bytes_in" bigint DEFAULT 0 NOT NULL,
	"bytes_out" bigint DEFAULT 0 NOT NULL,
	"exit_status" bigint,
	"exit_signal" text,
	CONSTRAINT "session_end" CHECK (("session"."state" = 'live') = ("session"."ended_at" is null))
);
--> statement-breakpoint
CREATE TABLE "sign_in_link" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"staff_id" uuid,
	"client_id" uuid,
	"role" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sign_in_link_principal" CHECK (("sign_in_link"."staff_id" is null) = ("sign_in_link"."client_id" is not null and "sign_in_link"."role" is not null))
);
--> statement-breakpoint
CREATE TABLE "web_session" (
	"id_hash" "bytea" PRIMARY KEY NOT NULL,
	"staff_id" uuid,
	"client_id" uuid,
	"role" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "web_session_principal" CHECK (("web_session"."staff_id" is null) = ("web_session"."client_id" is not null and "web_session"."role" is not null))
);
--> statement-breakpoint
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_staff_id_staff_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "access_grant" ADD CONSTRAINT "access_grant_target_id_target_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."target"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_key" ADD CONSTRAINT "staff_key_staff_id_staff_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "support_key" ADD CONSTRAINT "support_key_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "target" ADD CONSTRAINT "target_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "target_host_key" ADD CONSTRAINT "target_host_key_target_id_target_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."target"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channel" ADD CONSTRAINT "channel_session_id_session_id_fk" FOREIGN KEY ("session_id") REFERENCES "public"."session"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_target_id_target_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."target"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_staff_id_staff_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_link" ADD CONSTRAINT "sign_in_link_staff_id_staff_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_link" ADD CONSTRAINT "sign_in_link_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "web_session" ADD CONSTRAINT "web_session_staff_id_staff_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."staff"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "web_session" ADD CONSTRAINT "web_session_client_id_client_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."client"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "access_grant_staff" ON "access_grant" USING btree ("staff_id","client_id");--> statement-breakpoint
CREATE INDEX "audit_event_at" ON "audit_event" USING brin ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "support_key_in_use" ON "support_key" USING btree ("client_id") WHERE "support_key"."state" in ('active', 'paused');--> statement-breakpoint
CREATE INDEX "support_key_newest" ON "support_key" USING btree ("client_id","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "target_name" ON "target" USING btree ("client_id","name") WHERE "target"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "session_newest" ON "session" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "session_client" ON "session" USING btree ("client_id","started_at");--> statement-breakpoint
CREATE INDEX "session_staff" ON "session" USING btree ("staff_id","started_at");--> statement-breakpoint
CREATE INDEX "session_live" ON "session" USING btree ("gateway_id") WHERE "session"."state" = 'live';