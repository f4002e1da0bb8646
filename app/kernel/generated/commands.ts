// Written by `npm run generate`. Do not edit: change the SQL and run it again.

/** Arguments of each command; optional ones have a default in SQL. */
export interface Commands {
  add_closure: {
    id: string;
    day: string;
    label: string;
  };
  add_photo: {
    id: string;
    site_id: string;
    sha256: string;
    bytes: number;
    width: number;
    height: number;
    taken_at?: string | null;
    incident_id?: string | null;
    zone?: string | null;
    caption?: string | null;
    latitude?: number | null;
    longitude?: number | null;
    accuracy_m?: number | null;
    position_source?: string | null;
    before_id?: string | null;
  };
  add_team_member: {
    team_id: string;
    membership_id: string;
  };
  annotate_photo: {
    id: string;
    shapes: Record<string, unknown>;
    was?: Record<string, unknown> | null;
  };
  answer_incident: {
    id: string;
    body: string;
  };
  archive_site: {
    id: string;
  };
  arrange_menu: {
    hrefs: string[];
  };
  ask_incident: {
    id: string;
    body: string;
  };
  assign_incident: {
    id: string;
    assignee_id: string;
    body?: string | null;
  };
  assign_site_member: {
    id: string;
    site_id: string;
    membership_id: string;
    role: string;
    starts_on?: string | null;
    ends_on?: string | null;
  };
  attach_photo: {
    id: string;
    incident_id: string;
  };
  close_incident: {
    id: string;
    body?: string | null;
  };
  confirm_photo: {
    id: string;
  };
  create_site: {
    id: string;
    name: string;
    code?: string | null;
    client_name?: string | null;
    address?: string | null;
    postal_code?: string | null;
    city?: string | null;
    latitude?: number | null;
    longitude?: number | null;
    project_manager_id?: string | null;
    site_manager_id?: string | null;
    architect?: string | null;
    starts_on?: string | null;
    ends_on?: string | null;
    status?: string;
    budget?: number | string | null;
    tags?: string[];
    custom?: Record<string, unknown>;
  };
  create_team: {
    id: string;
    name: string;
    parent_id?: string | null;
  };
  drop_favourite: {
    href: string;
  };
  invite_person: {
    id: string;
    token_hash: string;
    roles: string[];
    site_ids?: string[];
    email?: string | null;
    full_name?: string | null;
    expires_at?: string | null;
    by_mail?: boolean;
  };
  keep_favourite: {
    id: string;
    href: string;
    label: string;
  };
  move_favourite: {
    href: string;
    place: number;
  };
  remove_closure: {
    id: string;
  };
  remove_team_member: {
    team_id: string;
    membership_id: string;
  };
  rename_team: {
    id: string;
    name: string;
  };
  reopen_incident: {
    id: string;
    body?: string | null;
  };
  report_incident: {
    id: string;
    site_id: string;
    type: string;
    severity: string;
    title: string;
    description?: string | null;
    zone?: string | null;
    latitude?: number | null;
    longitude?: number | null;
    accuracy_m?: number | null;
    occurred_at?: string | null;
    details?: Record<string, unknown>;
  };
  resend_invitation: {
    id: string;
  };
  resolve_incident: {
    id: string;
    body?: string | null;
  };
  revoke_invitation: {
    id: string;
  };
  set_kpi_target: {
    id: string;
    kpi: string;
    target: number | string;
    alert: number | string;
  };
  set_member_roles: {
    id: string;
    roles: string[];
  };
  set_member_state: {
    id: string;
    state: string;
  };
  set_routing_rule: {
    id: string;
    incident_type: string;
    role: string;
    delay_minutes: number;
    working_time?: boolean;
  };
  set_security: {
    factor_rules: Record<string, unknown>;
    factor_grace_days: number;
    password_days?: number | null;
  };
  set_sentences: {
    locale: string;
    texts: Record<string, unknown>;
  };
  set_site_budget: {
    id: string;
    amount?: number | string | null;
  };
  update_company: {
    changes: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  update_incident: {
    id: string;
    changes: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  update_member: {
    id: string;
    changes: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  update_photo: {
    id: string;
    changes: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  update_site: {
    id: string;
    changes: Record<string, unknown>;
    was?: Record<string, unknown>;
  };
  withdraw_site_member: {
    id: string;
  };
}

export type CommandName = keyof Commands;

export const commands: Record<CommandName, { parameters: string[]; types: string[] }> = {
  add_closure: { parameters: ['id', 'day', 'label'], types: ['uuid', 'date', 'text'] },
  add_photo: {
    parameters: [
      'id', 'site_id', 'sha256', 'bytes', 'width', 'height', 'taken_at', 'incident_id', 'zone', 'caption', 'latitude',
      'longitude', 'accuracy_m', 'position_source', 'before_id',
    ],
    types: [
      'uuid', 'uuid', 'text', 'integer', 'integer', 'integer', 'timestamp with time zone', 'uuid', 'text', 'text',
      'double precision', 'double precision', 'double precision', 'text', 'uuid',
    ],
  },
  add_team_member: { parameters: ['team_id', 'membership_id'], types: ['uuid', 'uuid'] },
  annotate_photo: { parameters: ['id', 'shapes', 'was'], types: ['uuid', 'jsonb', 'jsonb'] },
  answer_incident: { parameters: ['id', 'body'], types: ['uuid', 'text'] },
  archive_site: { parameters: ['id'], types: ['uuid'] },
  arrange_menu: { parameters: ['hrefs'], types: ['text[]'] },
  ask_incident: { parameters: ['id', 'body'], types: ['uuid', 'text'] },
  assign_incident: { parameters: ['id', 'assignee_id', 'body'], types: ['uuid', 'uuid', 'text'] },
  assign_site_member: {
    parameters: ['id', 'site_id', 'membership_id', 'role', 'starts_on', 'ends_on'],
    types: ['uuid', 'uuid', 'uuid', 'text', 'date', 'date'],
  },
  attach_photo: { parameters: ['id', 'incident_id'], types: ['uuid', 'uuid'] },
  close_incident: { parameters: ['id', 'body'], types: ['uuid', 'text'] },
  confirm_photo: { parameters: ['id'], types: ['uuid'] },
  create_site: {
    parameters: [
      'id', 'name', 'code', 'client_name', 'address', 'postal_code', 'city', 'latitude', 'longitude',
      'project_manager_id', 'site_manager_id', 'architect', 'starts_on', 'ends_on', 'status', 'budget', 'tags',
      'custom',
    ],
    types: [
      'uuid', 'text', 'text', 'text', 'text', 'text', 'text', 'double precision', 'double precision', 'uuid', 'uuid',
      'text', 'date', 'date', 'text', 'numeric', 'text[]', 'jsonb',
    ],
  },
  create_team: { parameters: ['id', 'name', 'parent_id'], types: ['uuid', 'text', 'uuid'] },
  drop_favourite: { parameters: ['href'], types: ['text'] },
  invite_person: {
    parameters: ['id', 'token_hash', 'roles', 'site_ids', 'email', 'full_name', 'expires_at', 'by_mail'],
    types: ['uuid', 'text', 'text[]', 'uuid[]', 'text', 'text', 'timestamp with time zone', 'boolean'],
  },
  keep_favourite: { parameters: ['id', 'href', 'label'], types: ['uuid', 'text', 'text'] },
  move_favourite: { parameters: ['href', 'place'], types: ['text', 'double precision'] },
  remove_closure: { parameters: ['id'], types: ['uuid'] },
  remove_team_member: { parameters: ['team_id', 'membership_id'], types: ['uuid', 'uuid'] },
  rename_team: { parameters: ['id', 'name'], types: ['uuid', 'text'] },
  reopen_incident: { parameters: ['id', 'body'], types: ['uuid', 'text'] },
  report_incident: {
    parameters: [
      'id', 'site_id', 'type', 'severity', 'title', 'description', 'zone', 'latitude', 'longitude', 'accuracy_m',
      'occurred_at', 'details',
    ],
    types: [
      'uuid', 'uuid', 'text', 'text', 'text', 'text', 'text', 'double precision', 'double precision',
      'double precision', 'timestamp with time zone', 'jsonb',
    ],
  },
  resend_invitation: { parameters: ['id'], types: ['uuid'] },
  resolve_incident: { parameters: ['id', 'body'], types: ['uuid', 'text'] },
  revoke_invitation: { parameters: ['id'], types: ['uuid'] },
  set_kpi_target: {
    parameters: ['id', 'kpi', 'target', 'alert'],
    types: ['uuid', 'text', 'numeric', 'numeric'],
  },
  set_member_roles: { parameters: ['id', 'roles'], types: ['uuid', 'text[]'] },
  set_member_state: { parameters: ['id', 'state'], types: ['uuid', 'text'] },
  set_routing_rule: {
    parameters: ['id', 'incident_type', 'role', 'delay_minutes', 'working_time'],
    types: ['uuid', 'text', 'text', 'integer', 'boolean'],
  },
  set_security: {
    parameters: ['factor_rules', 'factor_grace_days', 'password_days'],
    types: ['jsonb', 'integer', 'integer'],
  },
  set_sentences: { parameters: ['locale', 'texts'], types: ['text', 'jsonb'] },
  set_site_budget: { parameters: ['id', 'amount'], types: ['uuid', 'numeric'] },
  update_company: { parameters: ['changes', 'was'], types: ['jsonb', 'jsonb'] },
  update_incident: { parameters: ['id', 'changes', 'was'], types: ['uuid', 'jsonb', 'jsonb'] },
  update_member: { parameters: ['id', 'changes', 'was'], types: ['uuid', 'jsonb', 'jsonb'] },
  update_photo: { parameters: ['id', 'changes', 'was'], types: ['uuid', 'jsonb', 'jsonb'] },
  update_site: { parameters: ['id', 'changes', 'was'], types: ['uuid', 'jsonb', 'jsonb'] },
  withdraw_site_member: { parameters: ['id'], types: ['uuid'] },
};

/**
 * The statement that runs a command's effect. Binds: $1 = effects.context as composite text, $2 = the arguments as jsonb.
 * Arguments absent from `args` keep their SQL default.
 */
export function commandCall<N extends CommandName>(name: N, args: Commands[N]): string {
  const { parameters, types } = commands[name];
  const present = new Set(Object.entries(args).filter(([, value]) => value !== undefined).map(([key]) => key));
  const columns = parameters.map((parameter, place) => ({ parameter, type: types[place] })).filter((each) => present.has(each.parameter));
  const values = columns.map(({ parameter }) => `, "${parameter}" => a."${parameter}"`).join('');
  const shape = columns.map(({ parameter, type }) => `"${parameter}" ${type}`).join(', ');
  const source = shape ? `jsonb_to_record($2::jsonb) as a (${shape})` : '(select $2::jsonb) as a';
  return `select effects.${name}($1::effects.context${values}) from ${source}`;
}
