-- Buckets of the tests' own. `drawers`: everybody signed in has a folder named after them, where they may do all, and reads the one named `shared`.
-- `dropbox`: one may put, never replace, see or remove. `open`: anybody reads.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
  ('drawers', 'drawers', false, 1000000, null),
  ('images', 'images', false, 1000000, '{image/jpeg,image/png}'),
  ('dropbox', 'dropbox', false, null, null),
  ('open', 'open', true, null, null);
create policy fixture_select on storage.objects for select to authenticated
  using (bucket_id in ('drawers', 'images') and (storage.foldername(name))[1] in ((select auth.uid())::text, 'shared'));
create policy fixture_insert on storage.objects for insert to authenticated
  with check (bucket_id in ('drawers', 'images', 'dropbox') and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy fixture_update on storage.objects for update to authenticated
  using (bucket_id = 'drawers' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy fixture_delete on storage.objects for delete to authenticated
  using (bucket_id = 'drawers' and (storage.foldername(name))[1] = (select auth.uid())::text);
