-- Sets what the company says on its screens in a language. texts: {key: text, or null for the words that came with it}, at most 500 in one
-- command; a text has at most 500 characters, a language of a company 2,000 of them: LIMIT. Whether a key exists is the app's to know: it ignores others.
create or replace function effects.set_sentences(ctx effects.context, locale text, texts jsonb) returns void
language plpgsql as $$
begin
  perform effects.one_of(locale, 'locale', 'fr', 'en', 'es', 'pt');
  if texts is null or jsonb_typeof(texts) <> 'object'
     or exists (select from jsonb_each(texts) as e
                where e.key !~ '^[a-z]\w*(\.\w+)+$' or length(e.key) > 80 or jsonb_typeof(e.value) not in ('string', 'null')) then
    perform effects.refuse('WRONG', 'texts');
  end if;
  if (select count(*) from jsonb_each(texts)) > 500 then perform effects.refuse('LIMIT', 'texts'); end if;
  delete from app.sentences as s
  where s.company_id = ctx.company_id and s.locale = set_sentences.locale and s.key in (select e.key from jsonb_each(texts) as e where e.value = 'null');
  insert into app.sentences as s (company_id, id, locale, key, text, updated_by, updated_at)
  select ctx.company_id, md5(ctx.company_id::text || ' sentence ' || set_sentences.locale || ' ' || e.key)::uuid, set_sentences.locale, e.key,
         effects.required_text(e.value, 'text', 500), ctx.actor_id, ctx.at
  from jsonb_each_text(texts) as e where e.value is not null order by e.key
  on conflict (company_id, id) do update set text = excluded.text, updated_by = excluded.updated_by, updated_at = excluded.updated_at
  where s.text <> excluded.text;
  if (select count(*) from app.sentences as s where s.company_id = ctx.company_id and s.locale = set_sentences.locale) > 2000 then perform effects.refuse('LIMIT', 'sentences'); end if;
end $$;
