-- Jobs: work that leaves the database (mail, checks of photos, …). A worker takes a job for a time, its lease; killed, it loses the job to
-- another. (job id, attempt) names one taking: an answer from a taking that is over changes nothing. What is particular to a kind stands in
-- functions found by its name: app_private.payload_<kind>(job) answers what the worker gets, read anew at each attempt (NULL: no longer
-- wanted), finish_<kind>(job, result) writes what follows, in the transaction that ends the job, and bury_<kind>(job) what follows a job given up.

-- Asks for a job and answers its id. The same kind and key in a company is the same job: asked twice, it is done once.
create or replace function app_private.enqueue_job(company_id uuid, kind text, payload jsonb, key text, run_after timestamptz default now())
returns uuid language plpgsql security definer set search_path = '' as $$
declare
  job_id uuid;
begin
  -- a command, even a faulty one, asks for its own company alone
  if company_id is distinct from coalesce(app_private.command_company(), company_id) then perform effects.refuse('RIGHT', 'company'); end if;
  insert into app_private.jobs (company_id, kind, payload, key, run_after)
  values (enqueue_job.company_id, enqueue_job.kind, coalesce(enqueue_job.payload, '{}'), enqueue_job.key, enqueue_job.run_after)
  on conflict on constraint jobs_company_id_kind_key_key do nothing
  returning id into job_id;
  return coalesce(job_id, (
    select j.id from app_private.jobs as j
    where j.company_id = enqueue_job.company_id and j.kind = enqueue_job.kind and j.key = enqueue_job.key));
end $$;

-- Calls off a job that nobody has ended yet; a worker that has it learns so when it ends. True when there was one.
create or replace function app_private.cancel_job(company_id uuid, kind text, key text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if company_id is distinct from coalesce(app_private.command_company(), company_id) then perform effects.refuse('RIGHT', 'company'); end if;
  update app_private.jobs as j set state = 'cancelled', payload = '{}', ended_at = now()
  where j.company_id = cancel_job.company_id and j.kind = cancel_job.kind and j.key = cancel_job.key and j.state in ('waiting', 'running');
  return found;
end $$;

-- Calls what a kind of job has of its own, app_private.<verb>_<kind>; NULL when it has none.
create or replace function app_private.call_kind(verb text, job app_private.jobs, result jsonb default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  answer jsonb;
begin
  if to_regproc(format('app_private.%I', verb || '_' || job.kind)) is null then return null; end if;
  perform app_private.note_command(job.id, job.kind, null);
  if verb = 'finish' then
    execute format('select app_private.%I($1, $2)', verb || '_' || job.kind) using job, result;
  elsif verb = 'bury' then
    execute format('select app_private.%I($1)', verb || '_' || job.kind) using job;
  else
    execute format('select app_private.%I($1)', verb || '_' || job.kind) using job into answer;
  end if;
  return answer;
end $$;

-- Gives a job up for good: its content goes, the company's administrators find it in the audit, the server's log has a warning.
create or replace function app_private.bury_job(job app_private.jobs, error text) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update app_private.jobs as j set state = 'dead', error = left(bury_job.error, 2000), payload = '{}', ended_at = now()
  where j.company_id = job.company_id and j.id = job.id;
  begin
    perform app_private.call_kind('bury', job);
  exception when others then -- a fault of its kind must not keep it alive: it would hold up every other job
    if app_private.refusal_code(sqlstate) is null then raise; end if;
    raise warning 'job % (%): what follows its end failed: %', job.id, job.kind, sqlerrm;
  end;
  insert into audit.log (command_id, command, company_id, table_name, row_id, op, new, scope_ids)
  values (job.id, job.kind, job.company_id, 'jobs', job.id, 'U',
    jsonb_build_object('kind', job.kind, 'state', 'dead', 'attempts', job.attempts, 'error', left(bury_job.error, 2000)),
    array[effects.scope_id(job.company_id, 'company:admin', job.company_id)]);
  raise warning 'job % (%) is given up after % attempts: %', job.id, job.kind, job.attempts, left(bury_job.error, 300);
end $$;

-- How often a job is tried before it is given up: over three hours with the pauses of app_private.pause_after.
create or replace function app_private.most_attempts() returns integer
language sql immutable set search_path = '' as $$ select 12; $$;

-- The pause after a failed attempt: 10 s, twice as long each time, an hour at most, spread so that jobs that failed together do not return together.
create or replace function app_private.pause_after(attempts integer) returns interval
language sql volatile set search_path = '' as $$
  select least(interval '10 seconds' * power(2, least(attempts, 12) - 1), interval '1 hour') * (0.8 + random() * 0.4);
$$;

-- The job that (id, attempt) has in hand, locked. Raises LEASE when the lease went to another attempt or the job never was in this hand.
create or replace function app_private.held_job(job_id uuid, attempt integer) returns app_private.jobs
language plpgsql security definer set search_path = '' as $$
declare
  job app_private.jobs;
begin
  select * into job from app_private.jobs as j where j.id = job_id for no key update;
  if job.id is null or job.attempts <> attempt or job.state = 'waiting' then perform effects.refuse('LEASE', 'job'); end if;
  return job;
end $$;

-- For workers: takes up to `n` due jobs for the time of `lease` (1 s to 1 h), the longest due first; two workers never take the same one.
-- A job whose worker was lost at its last attempt is given up here, for it may be what kills them.
create or replace function app.claim_jobs(worker text, n integer default 1, lease interval default '2 minutes')
returns table (id uuid, kind text, attempt integer)
language plpgsql security definer set search_path = '' as $$
declare
  lost app_private.jobs;
begin
  for lost in
    select * from app_private.jobs as j where j.state = 'running' and j.run_after <= now() and j.attempts >= app_private.most_attempts()
    order by j.run_after limit 100 for update skip locked
  loop
    begin
      perform app_private.bury_job(lost, coalesce(lost.error || ' — ', '') || 'the worker was lost');
    exception when others then -- next time
      raise warning 'job % (%) cannot be given up now: %', lost.id, lost.kind, sqlerrm;
    end;
  end loop;
  return query
  with due as (
    select j.company_id, j.id from app_private.jobs as j where j.state in ('waiting', 'running') and j.run_after <= now()
    order by j.run_after limit greatest(1, least(n, 100)) for update skip locked
  )
  update app_private.jobs as j set state = 'running', attempts = j.attempts + 1, worker = left(claim_jobs.worker, 100), started_at = now(),
    run_after = now() + greatest(interval '1 second', least(lease, interval '1 hour'))
  from due where j.company_id = due.company_id and j.id = due.id
  returning j.id, j.kind, j.attempts;
end $$;

-- For workers: what a job they hold needs. NULL: it is no longer wanted, and has ended. With `lease`, they hold it for that long from now at
-- least. Raises LEASE.
create or replace function app.job_payload(job_id uuid, attempt integer, lease interval default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  job app_private.jobs := app_private.held_job(job_id, attempt);
  payload jsonb := job.payload;
begin
  if job.state <> 'running' then return null; end if;
  if to_regproc(format('app_private.%I', 'payload_' || job.kind)) is not null then payload := app_private.call_kind('payload', job); end if;
  if payload is null then perform app_private.cancel_job(job.company_id, job.kind, job.key); end if;
  update app_private.jobs as j set run_after = greatest(j.run_after, now() + least(lease, interval '1 hour'))
  where j.company_id = job.company_id and j.id = job.id and j.state = 'running' and lease is not null;
  return payload;
end $$;

-- For workers: ends a job they hold with its result, once: again it changes nothing. Answers the job's state. Raises LEASE.
create or replace function app.finish_job(job_id uuid, attempt integer, result jsonb default null) returns text
language plpgsql security definer set search_path = '' as $$
declare
  job app_private.jobs := app_private.held_job(job_id, attempt);
begin
  if job.state <> 'running' then return job.state; end if;
  perform app_private.call_kind('finish', job, result);
  update app_private.jobs as j set state = 'done', result = finish_job.result, payload = '{}', error = null, ended_at = now()
  where j.company_id = job.company_id and j.id = job.id;
  return 'done';
end $$;

-- For workers: notes that a job they hold failed. It comes back after a pause, or is given up: at its last attempt, or at once when `final`.
-- Answers the job's state. Raises LEASE.
create or replace function app.fail_job(job_id uuid, attempt integer, error text, final boolean default false) returns text
language plpgsql security definer set search_path = '' as $$
declare
  job app_private.jobs := app_private.held_job(job_id, attempt);
begin
  if job.state <> 'running' then return job.state; end if;
  if final or job.attempts >= app_private.most_attempts() then
    perform app_private.bury_job(job, error);
    return 'dead';
  end if;
  update app_private.jobs as j set state = 'waiting', error = left(fail_job.error, 2000), run_after = now() + app_private.pause_after(job.attempts)
  where j.company_id = job.company_id and j.id = job.id;
  return 'waiting';
end $$;

-- For what wakes the workers: when the next job is due; NULL when there is none.
create or replace function app.next_job_at() returns timestamptz
language sql stable security definer set search_path = '' as $$
  select min(j.run_after) from app_private.jobs as j where j.state in ('waiting', 'running');
$$;

-- Wakes the workers, once per transaction: a notification where something listens, a request where pg_net can send one to the address that the
-- vault holds under `jobs_url`, with the key under `jobs_key`. A missed call costs time alone: the timers look for what is due.
create or replace function app_private.wake_workers() returns void
language plpgsql security definer set search_path = '' as $$
declare
  address text;
  key text;
begin
  if current_setting('app.woken', true) = '1' then return; end if;
  perform set_config('app.woken', '1', true);
  perform pg_notify('jobs', '');
  if to_regproc('net.http_post') is null or to_regclass('vault.decrypted_secrets') is null then return; end if;
  execute $q$select max(decrypted_secret) filter (where name = 'jobs_url'), max(decrypted_secret) filter (where name = 'jobs_key')
    from vault.decrypted_secrets where name in ('jobs_url', 'jobs_key')$q$ into address, key;
  if address is null or key is null then return; end if;
  execute 'select net.http_post(url => $1, headers => $2)'
    using address, jsonb_build_object('content-type', 'application/json', 'apikey', key);
end $$;

-- For a schedule on hosted projects, each minute: wakes the workers when a job is due.
create or replace function app_private.wake_workers_when_due() returns void
language sql security definer set search_path = '' as $$
  select app_private.wake_workers() where app.next_job_at() <= now();
$$;

-- New jobs: somebody should look.
create or replace function app_private.tg_jobs__wake() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.wake_workers();
  return null;
end $$;
create or replace trigger _900_wake after insert on app_private.jobs for each statement execute function app_private.tg_jobs__wake();

-- Forgets jobs that ended 90 days ago.
create or replace function app_private.prune_jobs() returns void
language sql security definer set search_path = '' as $$
  delete from app_private.jobs where ended_at < now() - interval '90 days';
$$;
