-- Stored files. The company of a request is the first segment of the object's name (app_private.object_company). Names are given once:
-- nobody but the service role replaces or removes a file, and the same name again is an answer (409), not a loss.

-- photos: `<company>/<site>/<sha256>.jpg`, put by who announced it, read where a visible photo names it. Nobody gets an address signed for an
-- upload: Storage spends it as the service role, and one signed with `upsert` before the file came would replace what has been verified since.
-- What is not in a folder of the caller's companies costs nothing: the folders are found once, and each of the first three is a range of the
-- index on names ('0' comes right after '/'); the fourth range holds all further ones, of which few people have any.
drop policy if exists select_member on storage.objects;
create policy select_member on storage.objects for select to authenticated
  using (
    bucket_id = 'photos' and (
      name ~>=~ (select (app_private.photo_folders())[1]) and name ~<~ (select (app_private.photo_folders())[1] || '0')
      or name ~>=~ (select (app_private.photo_folders())[2]) and name ~<~ (select (app_private.photo_folders())[2] || '0')
      or name ~>=~ (select (app_private.photo_folders())[3]) and name ~<~ (select (app_private.photo_folders())[3] || '0')
      or name ~>=~ (select (app_private.photo_folders())[4]) and name ~<~ (select folders[cardinality(folders)] || '0' from app_private.photo_folders() as folders))
    and left(name, 36) = any ((select app_private.photo_folders())::text[])
    and app_private.may_read_photo(name));
drop policy if exists insert_author on storage.objects;
create policy insert_author on storage.objects for insert to authenticated
  with check (bucket_id = 'photos' and coalesce(current_setting('storage.operation', true), '') not like '%sign%' and app_private.may_store_photo(name));
