/**
 * What the phone keeps beside the app's tables. `images`: rows as they were before an unsent command touched them; taking them back
 * leaves exactly what the server sent. `applied`: the commands whose effect shows now, so that none shows twice.
 */
export const localSql = `
create table local.state (key text primary key, value jsonb not null);
create table local.images (table_name text, row_id uuid, old jsonb, primary key (table_name, row_id));
create table local.applied (command_id uuid primary key);
create table local.touched (table_name text primary key);

create function local.tg_image() returns trigger language plpgsql as $$
begin
  if current_setting('aplomb.replaying', true) = 'on' then
    insert into local.images values (tg_table_name, coalesce(new.id, old.id), case when tg_op <> 'INSERT' then to_jsonb(old) end)
    on conflict do nothing;
    insert into local.touched values (tg_table_name) on conflict do nothing;
  end if;
  return null;
end $$;

do $$
declare
  name text;
begin
  for name in select relname from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' loop
    execute format('create trigger _900_image after insert or update or delete on app.%I for each row execute function local.tg_image()', name);
  end loop;
end $$;

create function local.take_back() returns void language plpgsql as $$
declare
  imaged record;
begin
  for imaged in
    select i.table_name, (
      select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
      where attrelid = format('app.%I', i.table_name)::regclass and attnum > 0 and not attisdropped and attgenerated = '') as columns
    from (select distinct table_name from local.images) as i
  loop
    execute format('delete from app.%1$I as t using local.images as i where i.table_name = %1$L and t.id = i.row_id', imaged.table_name);
    execute format('insert into app.%1$I (%2$s) select %2$s from (
        select (jsonb_populate_record(null::app.%1$I, old)).* from local.images where table_name = %1$L and old is not null) as r',
      imaged.table_name, imaged.columns);
    insert into local.touched values (imaged.table_name) on conflict do nothing;
  end loop;
  delete from local.images;
  delete from local.applied;
end $$;

create function local.attempt(command_id uuid, call text, context text, args jsonb) returns void language plpgsql as $$
begin
  insert into local.applied values (command_id) on conflict do nothing;
  if not found then return; end if;
  perform set_config('aplomb.replaying', 'on', true);
  execute call using context, args;
  perform set_config('aplomb.replaying', 'off', true);
end $$;

create function local.take_touched() returns text[] language sql as $$
  with taken as (delete from local.touched returning table_name)
  select coalesce(array_agg(table_name), '{}') from taken;
$$;

create function local.run(command_id uuid, call text, context text, args jsonb) returns text[] language plpgsql as $$
begin
  perform local.attempt(command_id, call, context, args);
  return local.take_touched();
end $$;

create function local.replay(commands jsonb) returns jsonb language plpgsql as $$
declare
  command record;
  refused jsonb := '[]';
begin
  for command in select * from jsonb_to_recordset(commands) as c (id uuid, call text, context text, args jsonb) loop
    begin
      perform local.attempt(command.id, command.call, command.context, command.args);
    exception when others then
      refused := refused || jsonb_build_object('id', command.id, 'code', sqlstate, 'message', sqlerrm);
    end;
  end loop;
  return refused;
end $$;
`
