-- Favourites are the caller's own: who is a member may keep, drop and move theirs, and the effects touch no others.
create or replace function app_private.check_keep_favourite(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$ begin perform app_private.require_access(); end $$;

create or replace function app_private.check_drop_favourite(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$ begin perform app_private.require_access(); end $$;

create or replace function app_private.check_move_favourite(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$ begin perform app_private.require_access(); end $$;
