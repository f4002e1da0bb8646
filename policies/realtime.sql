-- Private channels: topic `<company_id>:<scope_id>`, read by who holds the scope in that company. Clients never write pokes.
drop policy if exists select_poke on realtime.messages;
create policy select_poke on realtime.messages for select to authenticated
  using (extension = 'broadcast'
    and split_part((select realtime.topic()), ':', 1) = (select app_private.company())::text
    and split_part((select realtime.topic()), ':', 2) = any ((select app_private.my_scopes())::text[]));
