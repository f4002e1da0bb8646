--! Previous: sha1:70eded69990ae6b2820d1e564a5becdd96bdf122
--! Hash: sha1:e1734e19df34d769d373cff05d6d604f65b75914

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
