-- Puts the main screens into the caller's own order. hrefs: their addresses, `/` or `/sites`, at most 30; none: the usual order again.
create or replace function effects.arrange_menu(ctx effects.context, hrefs text[]) returns void
language plpgsql as $$
begin
  if coalesce(cardinality(hrefs), 0) = 0 then
    delete from app.menus as m where m.company_id = ctx.company_id and m.id = ctx.actor_id;
    return;
  end if;
  if cardinality(hrefs) > 30 or exists (select from unnest(hrefs) as h where h is null or h !~ '^/[a-z]{0,40}$')
     or cardinality(hrefs) <> (select count(distinct h) from unnest(hrefs) as h) then
    perform effects.refuse('WRONG', 'hrefs');
  end if;
  insert into app.menus as m (company_id, id, hrefs, updated_at) values (ctx.company_id, ctx.actor_id, arrange_menu.hrefs, ctx.at)
  on conflict (company_id, id) do update set hrefs = excluded.hrefs, updated_at = excluded.updated_at;
end $$;
