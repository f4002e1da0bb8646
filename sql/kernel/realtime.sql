-- Tells the open devices of a scope that something changed: a hint without content, once per scope and transaction. The pull is the truth.
create or replace function app_private.poke(company_id uuid, scope_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  poked text := coalesce(current_setting('app.poked', true), '');
begin
  if position(scope_id::text in poked) > 0 then return; end if;
  perform set_config('app.poked', poked || scope_id::text, true);
  perform realtime.send('{}', 'poke', company_id || ':' || scope_id, true);
end $$;
