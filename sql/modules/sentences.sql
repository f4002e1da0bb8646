-- The words of the company's screens are one of its settings.
create or replace function app_private.check_set_sentences(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$
  select app_private.require_right('company.edit');
$$;
