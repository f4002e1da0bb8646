-- The company that an object's name begins with (`<company>/…`): storage sends no x-company. Only Storage's own login names a company
-- this way; on any other the answer is NULL, so no name that reaches REST or Realtime chooses a company.
create or replace function app_private.object_company(object_name text) returns uuid
language sql stable as $$
  select case when session_user = 'supabase_storage_admin'
    then substring(split_part(object_name, '/', 1) from '^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$')::uuid end;
$$;

-- The folders of the caller's companies in each bucket, in their order in the index: those alone that their session opens, with the second
-- factor where it is due. Policies ask once per statement and look nowhere else; whether a file may be read, its module says.
create or replace function app_private.company_folders() returns text[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(a.company_id::text order by a.company_id), '{}') from app_private.accesses as a
  where session_user = 'supabase_storage_admin' and a.user_id = app_private.user_id() and (app_private.access(a.company_id)).company_id is not null;
$$;

-- The buckets and what they take. 15 MiB: a photo leaves the phone compressed to well under 1 MiB; one imported from a camera still fits.
-- 256 KiB: a logo or a portrait is drawn by the app at 300 px before it leaves.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('photos', 'photos', false, 15728640, '{image/jpeg}'),
  ('pictures', 'pictures', false, 262144, '{image/png,image/jpeg}')
on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit, allowed_mime_types = excluded.allowed_mime_types;
