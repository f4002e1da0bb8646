create or replace function app_private.check_set_kpi_target(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_right('target.edit'); $$;
