// Written by `npm run generate`. Do not edit: change the SQL and run it again.

export interface CompanyRow {
  id: string;
  company_id: string;
  name: string;
  siren: string | null;
  siret: string | null;
  locale: string;
  time_zone: string;
  currency: string;
  holiday_region: string;
  working_days: number[];
  created_at: string;
  updated_at: string;
  scope_ids: string[];
  factor_rules: Record<string, unknown>;
  factor_grace_days: number;
  password_days: number | null;
  accent: string | null;
  logo: string | null;
}

export interface MembershipRow {
  id: string;
  full_name: string;
  email: string;
  phone: string | null;
  job: string | null;
  roles: string[];
  state: string;
  created_at: string;
  updated_at: string;
  scope_ids: string[];
  department: string | null;
  portrait: string | null;
}

export interface TeamRow {
  id: string;
  name: string;
  parent_id: string | null;
  created_at: string;
  updated_at: string;
  scope_ids: string[];
}

export interface TeamMemberRow {
  id: string;
  team_id: string;
  membership_id: string;
  created_at: string;
  scope_ids: string[];
}

export interface ClosureRow {
  id: string;
  day: string;
  label: string;
  created_at: string;
  scope_ids: string[];
}

export interface InvitationRow {
  id: string;
  email: string | null;
  full_name: string | null;
  roles: string[];
  site_ids: string[];
  created_by: string;
  created_at: string;
  expires_at: string;
  revoked_at: string | null;
  accepted_at: string | null;
  accepted_by: string | null;
  scope_ids: string[];
  mail_state: string | null;
  mail_asked_at: string | null;
  mailed_at: string | null;
}

export interface SiteRow {
  id: string;
  code: string;
  name: string;
  client_name: string | null;
  address: string | null;
  postal_code: string | null;
  city: string | null;
  latitude: number | null;
  longitude: number | null;
  project_manager_id: string | null;
  site_manager_id: string | null;
  architect: string | null;
  starts_on: string | null;
  ends_on: string | null;
  status: string;
  tags: string[];
  custom: Record<string, unknown>;
  archived_at: string | null;
  created_by: string;
  created_at: string;
  updated_at: string;
  scope_ids: string[];
}

export interface SiteBudgetRow {
  id: string;
  amount: string | null;
  updated_at: string;
  scope_ids: string[];
}

export interface SiteMemberRow {
  id: string;
  site_id: string;
  membership_id: string;
  role: string;
  starts_on: string | null;
  ends_on: string | null;
  withdrawn_at: string | null;
  created_at: string;
  updated_at: string;
  scope_ids: string[];
}

export interface RoutingRuleRow {
  id: string;
  incident_type: string;
  role: string;
  delay_minutes: number;
  working_time: boolean;
  updated_at: string;
  scope_ids: string[];
}

export interface IncidentRow {
  id: string;
  site_id: string;
  type: string;
  severity: string;
  title: string;
  description: string | null;
  zone: string | null;
  latitude: number | null;
  longitude: number | null;
  accuracy_m: number | null;
  details: Record<string, unknown>;
  status: string;
  routed_role: string;
  due_minutes: number;
  reporter_id: string;
  assignee_id: string | null;
  occurred_at: string;
  reported_at: string;
  resolved_at: string | null;
  closed_at: string | null;
  updated_at: string;
  scope_ids: string[];
}

export interface IncidentEventRow {
  id: string;
  incident_id: string;
  kind: string;
  body: string | null;
  from_status: string | null;
  to_status: string;
  assignee_id: string | null;
  actor_id: string;
  at: string;
  device_at: string;
  scope_ids: string[];
}

export interface ConflictRow {
  id: string;
  table_name: string;
  row_id: string;
  column_name: string;
  kept: unknown;
  lost: unknown;
  actor_id: string;
  at: string;
  scope_ids: string[];
}

export interface KpiTargetRow {
  id: string;
  kpi: string;
  target: string;
  alert: string;
  updated_at: string;
  scope_ids: string[];
}

export interface PhotoRow {
  id: string;
  site_id: string;
  incident_id: string | null;
  zone: string | null;
  caption: string | null;
  before_id: string | null;
  author_id: string;
  taken_at: string;
  added_at: string;
  latitude: number | null;
  longitude: number | null;
  accuracy_m: number | null;
  position_source: string;
  sha256: string;
  bytes: number;
  width: number;
  height: number;
  state: string;
  refusal: string | null;
  stored_at: string | null;
  verified_at: string | null;
  updated_at: string;
  scope_ids: string[];
  annotations: Record<string, unknown>;
}

export interface DemoRow {
  id: string;
  created_at: string;
  scope_ids: string[];
}

export interface FavouriteRow {
  id: string;
  membership_id: string;
  href: string;
  label: string;
  place: number;
  updated_at: string;
  scope_ids: string[];
}

export interface MenuRow {
  id: string;
  hrefs: string[];
  updated_at: string;
  scope_ids: string[];
}

export interface SentenceRow {
  id: string;
  locale: string;
  key: string;
  text: string;
  updated_by: string;
  updated_at: string;
  scope_ids: string[];
}

/** Rows of the phone's tables, as its database returns them. */
export interface Rows {
  companies: CompanyRow;
  memberships: MembershipRow;
  teams: TeamRow;
  team_members: TeamMemberRow;
  closures: ClosureRow;
  invitations: InvitationRow;
  sites: SiteRow;
  site_budgets: SiteBudgetRow;
  site_members: SiteMemberRow;
  routing_rules: RoutingRuleRow;
  incidents: IncidentRow;
  incident_events: IncidentEventRow;
  conflicts: ConflictRow;
  kpi_targets: KpiTargetRow;
  photos: PhotoRow;
  demos: DemoRow;
  favourites: FavouriteRow;
  menus: MenuRow;
  sentences: SentenceRow;
}

export type TableName = keyof Rows;

/** Synced tables in sync order, with their columns in the order of COPY. */
export const tables: Record<TableName, { number: number; columns: string[] }> = {
  companies: {
    number: 1,
    columns: [
      'id', 'name', 'siren', 'siret', 'locale', 'time_zone', 'currency', 'holiday_region', 'working_days',
      'created_at', 'updated_at', 'factor_rules', 'factor_grace_days', 'password_days', 'accent', 'logo',
    ],
  },
  memberships: {
    number: 2,
    columns: [
      'id', 'full_name', 'email', 'phone', 'job', 'roles', 'state', 'created_at', 'updated_at', 'department',
      'portrait',
    ],
  },
  teams: { number: 3, columns: ['id', 'name', 'parent_id', 'created_at', 'updated_at'] },
  team_members: { number: 4, columns: ['team_id', 'membership_id', 'created_at'] },
  closures: { number: 5, columns: ['id', 'day', 'label', 'created_at'] },
  invitations: {
    number: 6,
    columns: [
      'id', 'email', 'full_name', 'roles', 'site_ids', 'created_by', 'created_at', 'expires_at', 'revoked_at',
      'accepted_at', 'accepted_by', 'mail_state', 'mail_asked_at', 'mailed_at',
    ],
  },
  sites: {
    number: 7,
    columns: [
      'id', 'code', 'name', 'client_name', 'address', 'postal_code', 'city', 'latitude', 'longitude',
      'project_manager_id', 'site_manager_id', 'architect', 'starts_on', 'ends_on', 'status', 'tags', 'custom',
      'archived_at', 'created_by', 'created_at', 'updated_at',
    ],
  },
  site_budgets: { number: 8, columns: ['id', 'amount', 'updated_at'] },
  site_members: {
    number: 9,
    columns: [
      'id', 'site_id', 'membership_id', 'role', 'starts_on', 'ends_on', 'withdrawn_at', 'created_at', 'updated_at',
    ],
  },
  routing_rules: {
    number: 10,
    columns: ['id', 'incident_type', 'role', 'delay_minutes', 'working_time', 'updated_at'],
  },
  incidents: {
    number: 11,
    columns: [
      'id', 'site_id', 'type', 'severity', 'title', 'description', 'zone', 'latitude', 'longitude', 'accuracy_m',
      'details', 'status', 'routed_role', 'due_minutes', 'reporter_id', 'assignee_id', 'occurred_at', 'reported_at',
      'resolved_at', 'closed_at', 'updated_at',
    ],
  },
  incident_events: {
    number: 12,
    columns: [
      'id', 'incident_id', 'kind', 'body', 'from_status', 'to_status', 'assignee_id', 'actor_id', 'at', 'device_at',
      'scope_ids',
    ],
  },
  conflicts: {
    number: 13,
    columns: ['id', 'table_name', 'row_id', 'column_name', 'kept', 'lost', 'actor_id', 'at', 'scope_ids'],
  },
  kpi_targets: { number: 14, columns: ['id', 'kpi', 'target', 'alert', 'updated_at'] },
  photos: {
    number: 15,
    columns: [
      'id', 'site_id', 'incident_id', 'zone', 'caption', 'before_id', 'author_id', 'taken_at', 'added_at', 'latitude',
      'longitude', 'accuracy_m', 'position_source', 'sha256', 'bytes', 'width', 'height', 'state', 'refusal',
      'stored_at', 'verified_at', 'updated_at', 'scope_ids', 'annotations',
    ],
  },
  demos: { number: 16, columns: ['created_at'] },
  favourites: { number: 17, columns: ['id', 'membership_id', 'href', 'label', 'place', 'updated_at'] },
  menus: { number: 18, columns: ['id', 'hrefs', 'updated_at'] },
  sentences: { number: 19, columns: ['id', 'locale', 'key', 'text', 'updated_by', 'updated_at'] },
};
