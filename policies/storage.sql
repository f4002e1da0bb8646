-- Stored files. The company of a request is the first segment of the object's name (app_private.object_company). Names are given once:
-- nobody but the service role replaces or removes a file, and the same name again is an answer (409), not a loss.

-- photos: `<company>/<site>/<sha256>.jpg`, put by who announced it, read where a visible photo names it. Nobody gets an address signed for an
-- upload: Storage spends it as the service role, and one signed with `upsert` before the file came would replace what has been verified since.
drop policy if exists select_member on storage.objects;
create policy select_member on storage.objects for select to authenticated
  using (bucket_id = 'photos' and app_private.may_read_photo(name));
drop policy if exists insert_author on storage.objects;
create policy insert_author on storage.objects for insert to authenticated
  with check (bucket_id = 'photos' and coalesce(current_setting('storage.operation', true), '') not like '%sign%' and app_private.may_store_photo(name));

-- pictures: the company's logo and its people's portraits, named by their content; which of them counts, a row says.
drop policy if exists select_picture on storage.objects;
create policy select_picture on storage.objects for select to authenticated
  using (bucket_id = 'pictures' and app_private.may_read_picture(name));
drop policy if exists insert_picture on storage.objects;
create policy insert_picture on storage.objects for insert to authenticated
  with check (bucket_id = 'pictures' and coalesce(current_setting('storage.operation', true), '') not like '%sign%' and app_private.may_store_picture(name));
