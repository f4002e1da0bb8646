-- Stored files. The company of a request is the first segment of the object's name (app_private.object_company). Names are given once:
-- nobody but the service role replaces or removes a file, and the same name again is an answer (409), not a loss.

-- Read: photos where a visible photo names them, pictures as may_read_picture says. What is not in a folder of the caller's companies costs
-- nothing: the folders are found once, and each of the first three is a range of the index on names ('0' comes right after '/'); the fourth
-- range holds all further ones, of which few people have any.
drop policy if exists select_picture on storage.objects;
drop policy if exists select_member on storage.objects;
create policy select_member on storage.objects for select to authenticated
  using (
    bucket_id in ('photos', 'pictures') and (
      name ~>=~ (select (app_private.company_folders())[1]) and name ~<~ (select (app_private.company_folders())[1] || '0')
      or name ~>=~ (select (app_private.company_folders())[2]) and name ~<~ (select (app_private.company_folders())[2] || '0')
      or name ~>=~ (select (app_private.company_folders())[3]) and name ~<~ (select (app_private.company_folders())[3] || '0')
      or name ~>=~ (select (app_private.company_folders())[4])
        and name ~<~ (select folders[cardinality(folders)] || '0' from app_private.company_folders() as folders))
    and left(name, 36) = any ((select app_private.company_folders())::text[])
    and case bucket_id when 'photos' then app_private.may_read_photo(name) when 'pictures' then app_private.may_read_picture(name) end);

-- photos: `<company>/<site>/<sha256>.jpg`, put by who announced it. Nobody gets an address signed for an upload: Storage spends it as the
-- service role, and one signed with `upsert` before the file came would replace what has been verified since.
drop policy if exists insert_author on storage.objects;
create policy insert_author on storage.objects for insert to authenticated
  with check (bucket_id = 'photos' and coalesce(current_setting('storage.operation', true), '') not like '%sign%' and app_private.may_store_photo(name));

-- pictures: the company's logo and its people's portraits, named by their content; which of them counts, a row says.
drop policy if exists insert_picture on storage.objects;
create policy insert_picture on storage.objects for insert to authenticated
  with check (bucket_id = 'pictures' and coalesce(current_setting('storage.operation', true), '') not like '%sign%' and app_private.may_store_picture(name));
