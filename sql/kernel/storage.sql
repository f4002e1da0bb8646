-- The company that an object's name begins with (`<company>/…`): storage sends no x-company. Only Storage's own login names a company
-- this way; on any other the answer is NULL, so no name that reaches REST or Realtime chooses a company.
create or replace function app_private.object_company(object_name text) returns uuid
language sql stable as $$
  select case when session_user = 'supabase_storage_admin'
    then substring(split_part(object_name, '/', 1) from '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')::uuid end;
$$;

-- The buckets and what they take. 15 MiB: a photo leaves the phone compressed to well under 1 MiB; one imported from a camera still fits.
-- 256 KiB: a logo or a portrait is drawn by the app at 300 px before it leaves.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('photos', 'photos', false, 15728640, '{image/jpeg}'),
  ('pictures', 'pictures', false, 262144, '{image/png,image/jpeg}')
on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
