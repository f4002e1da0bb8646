import type { Query } from '../../kernel/contract.ts'
import type { InvitationRow, MembershipRow, TeamRow } from '../../kernel/generated/tables.ts'

export interface PersonItem extends Pick<
  MembershipRow,
  'id' | 'full_name' | 'email' | 'phone' | 'job' | 'department' | 'portrait' | 'roles' | 'state'
> {
  sites: number
}

/** Everybody of the company, those who have access first. */
export const peopleList = (): Query<PersonItem> => ({
  key: 'people',
  tables: ['memberships', 'site_members'],
  sql: `select m.id, m.full_name, m.email, m.phone, m.job, m.department, m.portrait, m.roles, m.state,
      (select count(distinct x.site_id)::integer from app.site_members as x where x.membership_id = m.id and x.withdrawn_at is null) as sites
    from app.memberships as m order by m.state <> 'active', m.full_name limit 1000`,
  params: [],
})

/** Who reported, took a step, added a photo or created a site in the seven days before `asOf` (ISO 8601): whom the dashboard counts as active. */
export const activePeopleIds = (asOf: string): Query<{ id: string }> => ({
  key: 'people:seen',
  tables: ['incident_events', 'sites', 'photos'],
  sql: `select a.id from (select greatest($1::timestamptz, (select max(at) from app.incident_events)) as at) as m
    cross join lateral (
      select actor_id as id from app.incident_events where at > m.at - interval '168 hours' and at <= m.at
      union select created_by from app.sites where created_at > m.at - interval '168 hours' and created_at <= m.at
      union select author_id from app.photos where added_at > m.at - interval '168 hours' and added_at <= m.at) as a limit 20000`,
  params: [asOf],
})

/** The card of one person. */
export const personDetail = (id: string): Query<MembershipRow> => ({
  key: `person:${id}`,
  tables: ['memberships'],
  sql: 'select * from app.memberships where id = $1 limit 1',
  params: [id],
})

export interface PersonSite {
  id: string
  name: string
  code: string
  role: string
}

/** The sites on which a person is now. */
export const personSites = (id: string): Query<PersonSite> => ({
  key: `person:${id}:sites`,
  tables: ['site_members', 'sites'],
  sql: `select s.id, s.name, s.code, x.role from app.site_members as x join app.sites as s on s.id = x.site_id
    where x.membership_id = $1 and x.withdrawn_at is null and s.archived_at is null order by s.name limit 200`,
  params: [id],
})

export interface InvitationItem extends Omit<InvitationRow, 'scope_ids'> {
  inviter_name: string | null
  site_names: string[]
}

/** Invitations that nobody has used and nobody has taken back, the newest first. */
export const pendingInvitations = (): Query<InvitationItem> => ({
  key: 'invitations',
  tables: ['invitations', 'memberships', 'sites'],
  sql: `select i.company_id, i.id, i.email, i.full_name, i.roles, i.site_ids, i.created_by, i.created_at, i.expires_at, i.revoked_at, i.accepted_at, i.accepted_by,
      i.mail_state, i.mail_asked_at, i.mailed_at,
      m.full_name as inviter_name, array(select s.name from app.sites as s where s.id = any (i.site_ids) order by s.name) as site_names
    from app.invitations as i left join app.memberships as m on m.id = i.created_by
    where i.revoked_at is null and i.accepted_at is null order by i.created_at desc limit 200`,
  params: [],
})

export interface SiteChoice {
  id: string
  name: string
  code: string
}

/** The sites that people can be put on. */
export const openSites = (): Query<SiteChoice> => ({
  key: 'people:sites',
  tables: ['sites'],
  sql: `select id, name, code from app.sites where archived_at is null order by status = 'finished', name limit 500`,
  params: [],
})

export interface TeamItem extends Pick<TeamRow, 'id' | 'name' | 'parent_id'> {
  parent_name: string | null
  member_ids: string[]
}

/** The teams with their people. */
export const teamList = (): Query<TeamItem> => ({
  key: 'teams',
  tables: ['teams', 'team_members'],
  sql: `select t.id, t.name, t.parent_id, p.name as parent_name,
      array(select m.membership_id from app.team_members as m where m.team_id = t.id) as member_ids
    from app.teams as t left join app.teams as p on p.id = t.parent_id order by coalesce(p.name, t.name), t.parent_id is not null, t.name limit 300`,
  params: [],
})
