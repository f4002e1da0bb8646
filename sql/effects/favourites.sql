-- Keeps a screen at hand for the caller, after those kept before; doing it again changes nothing. href: an address inside the app,
-- label: what it is called when it was kept. At most 100 a person: LIMIT.
create or replace function effects.keep_favourite(ctx effects.context, id uuid, href text, label text) returns void
language plpgsql as $$
begin
  if href is null or href !~ '^/[a-z][^\s\\]*$' or length(href) > 300 then perform effects.refuse('WRONG', 'href'); end if;
  if (select count(*) from app.favourites as f where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id) >= 100 then
    perform effects.refuse('LIMIT', 'favourites');
  end if;
  insert into app.favourites (company_id, id, membership_id, href, label, place, updated_at)
  values (ctx.company_id, keep_favourite.id, ctx.actor_id, keep_favourite.href, effects.required_text(label, 'label', 120),
    (select coalesce(max(f.place), 0) + 1 from app.favourites as f where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id), ctx.at)
  on conflict do nothing;
end $$;

-- Lets go of a screen that the caller kept; doing it again changes nothing.
create or replace function effects.drop_favourite(ctx effects.context, href text) returns void
language sql as $$
  delete from app.favourites as f
  where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id and f.href = drop_favourite.href;
$$;

-- Puts a kept screen at a place among the caller's: between two others, half-way.
create or replace function effects.move_favourite(ctx effects.context, href text, place double precision) returns void
language plpgsql as $$
begin
  if place is null or abs(place) > 1e9 then perform effects.refuse('WRONG', 'place'); end if;
  update app.favourites as f set place = move_favourite.place, updated_at = ctx.at
  where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id and f.href = move_favourite.href;
end $$;
