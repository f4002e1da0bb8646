--! Previous: sha1:aca596054789a00a1e744d75621da736dbe3c21e
--! Hash: sha1:4b3ba1002300095eb616f7290dd8b5900588824d

-- Invitations that leave by mail. The secret of a mailed link is made when the mail is written and kept as a hash alone; each attempt to send
-- has a secret of its own, for a mail that seemed lost may have arrived.
alter table app.invitations
  add mail_state text check (mail_state in ('waiting', 'sent', 'failed')),
  add mail_asked_at timestamptz,
  add mailed_at timestamptz;

create table app_private.invitation_links (
  company_id uuid not null references app.companies (id),
  token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
  invitation_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (company_id, token_hash),
  foreign key (company_id, invitation_id) references app.invitations (company_id, id) on delete cascade
);
create unique index invitation_links_token on app_private.invitation_links (token_hash);
create index invitation_links_invitation on app_private.invitation_links (company_id, invitation_id);
