-- The order of the menu is the caller's own: who is a member may arrange theirs, and the effect touches no other.
create or replace function app_private.check_arrange_menu(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$ begin perform app_private.require_access(); end $$;
