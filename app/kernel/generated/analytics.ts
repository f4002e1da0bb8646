// Written by `npm run generate`. Do not edit: change the SQL and run it again.

export interface View {
  name: string;
  en: string;
  fr: string;
  columns: { name: string; type: string; en: string; fr: string }[];
}

/** The views of schema analytics, explained. */
export const views: View[] = [
  {
    "name": "companies",
    "en": "The company of this login. Grain: one row.",
    "fr": "L’entreprise de cet accès. Grain : une ligne.",
    "columns": [
      {
        "name": "company_id",
        "type": "uuid",
        "en": "Identifier of the company.",
        "fr": "Identifiant de l’entreprise."
      },
      {
        "name": "name",
        "type": "text",
        "en": "Name.",
        "fr": "Nom."
      },
      {
        "name": "siren",
        "type": "text",
        "en": "SIREN number, 9 digits.",
        "fr": "Numéro SIREN, 9 chiffres."
      },
      {
        "name": "siret",
        "type": "text",
        "en": "SIRET number, 14 digits.",
        "fr": "Numéro SIRET, 14 chiffres."
      },
      {
        "name": "currency",
        "type": "text",
        "en": "Currency of every amount (ISO 4217).",
        "fr": "Devise de tous les montants (ISO 4217)."
      },
      {
        "name": "time_zone",
        "type": "text",
        "en": "Time zone in which days begin and end.",
        "fr": "Fuseau horaire dans lequel commencent et finissent les jours."
      },
      {
        "name": "working_days",
        "type": "smallint[]",
        "en": "Working days of the week, 1 = Monday.",
        "fr": "Jours travaillés de la semaine, 1 = lundi."
      },
      {
        "name": "created_at",
        "type": "timestamp with time zone",
        "en": "When the company was founded here.",
        "fr": "Date de création dans Aplomb."
      }
    ]
  },
  {
    "name": "days",
    "en": "The calendar. Grain: one row per day, from the first of January two years ago to the end of next year, in the company’s time zone.",
    "fr": "Le calendrier. Grain : une ligne par jour, du 1er janvier d’il y a deux ans à la fin de l’année prochaine, dans le fuseau de l’entreprise.",
    "columns": [
      {
        "name": "day",
        "type": "date",
        "en": "Day.",
        "fr": "Jour."
      },
      {
        "name": "iso_week",
        "type": "text",
        "en": "ISO week, 2026-W47.",
        "fr": "Semaine ISO, 2026-W47."
      },
      {
        "name": "month",
        "type": "text",
        "en": "Month, 2026-11.",
        "fr": "Mois, 2026-11."
      },
      {
        "name": "is_business_day",
        "type": "boolean",
        "en": "True when the company works: a working day, no public holiday, no closure.",
        "fr": "Vrai quand l’entreprise travaille : jour ouvré, ni férié, ni fermeture."
      }
    ]
  },
  {
    "name": "headline_figures",
    "en": "The headline figures of the dashboard, now. Grain: one row per figure; one that the login may not see is absent.",
    "fr": "Les chiffres clés du tableau de bord, à cet instant. Grain : une ligne par chiffre ; ceux que l’accès ne comprend pas sont absents.",
    "columns": [
      {
        "name": "figure",
        "type": "text",
        "en": "Name of the figure: active_sites, budget, open_incidents …",
        "fr": "Nom du chiffre : active_sites, budget, open_incidents…"
      },
      {
        "name": "value",
        "type": "numeric",
        "en": "Counts are of now; means and shares (0 to 1) of the last four weeks; minutes of working time; the budget in the company’s currency.",
        "fr": "Les nombres sont de maintenant ; moyennes et parts (0 à 1) des quatre dernières semaines ; minutes de temps ouvré ; budget dans la devise de l’entreprise."
      },
      {
        "name": "four_weeks_before",
        "type": "numeric",
        "en": "The same, four weeks earlier.",
        "fr": "Le même, quatre semaines plus tôt."
      },
      {
        "name": "target",
        "type": "numeric",
        "en": "What the company aims at.",
        "fr": "Objectif de l’entreprise."
      },
      {
        "name": "alert",
        "type": "numeric",
        "en": "From where it alarms.",
        "fr": "Seuil d’alerte."
      },
      {
        "name": "standing",
        "type": "text",
        "en": "How it stands against both.",
        "fr": "Où il en est par rapport aux deux."
      }
    ]
  },
  {
    "name": "incident_steps",
    "en": "The life of each incident. Grain: one row per step.",
    "fr": "La vie de chaque incident. Grain : une ligne par étape.",
    "columns": [
      {
        "name": "step_id",
        "type": "uuid",
        "en": "Identifier of the step.",
        "fr": "Identifiant de l’étape."
      },
      {
        "name": "incident_id",
        "type": "uuid",
        "en": "Incident (incidents.incident_id).",
        "fr": "Incident (incidents.incident_id)."
      },
      {
        "name": "kind",
        "type": "text",
        "en": "report, assign, answer, ask, resolve, reopen, close or edit.",
        "fr": "report (signalement), assign (affectation), answer (réponse), ask (question), resolve (résolution), reopen (réouverture), close (clôture) ou edit (modification)."
      },
      {
        "name": "from_status",
        "type": "text",
        "en": "Status before.",
        "fr": "État avant."
      },
      {
        "name": "to_status",
        "type": "text",
        "en": "Status after.",
        "fr": "État après."
      },
      {
        "name": "actor_id",
        "type": "uuid",
        "en": "Who did it (people.person_id).",
        "fr": "Auteur (people.person_id)."
      },
      {
        "name": "assignee_id",
        "type": "uuid",
        "en": "To whom it was assigned (people.person_id).",
        "fr": "Personne désignée (people.person_id)."
      },
      {
        "name": "at",
        "type": "timestamp with time zone",
        "en": "When the server received it.",
        "fr": "Moment de réception par le serveur."
      },
      {
        "name": "device_at",
        "type": "timestamp with time zone",
        "en": "When it was done, by the clock of the device.",
        "fr": "Moment de l’action, à l’heure de l’appareil."
      }
    ]
  },
  {
    "name": "incident_times",
    "en": "The clock of each incident, now. Grain: one row per incident.",
    "fr": "L’horloge de chaque incident, à cet instant. Grain : une ligne par incident.",
    "columns": [
      {
        "name": "incident_id",
        "type": "uuid",
        "en": "Incident (incidents.incident_id).",
        "fr": "Incident (incidents.incident_id)."
      },
      {
        "name": "answered_at",
        "type": "timestamp with time zone",
        "en": "When somebody other than its reporter first answered.",
        "fr": "Première réponse de quelqu’un d’autre que le déclarant."
      },
      {
        "name": "ended_at",
        "type": "timestamp with time zone",
        "en": "Since when it is resolved or closed.",
        "fr": "Depuis quand il est résolu ou clos."
      },
      {
        "name": "minutes_to_answer",
        "type": "integer",
        "en": "Minutes to the first answer, or until now without one: working time, or elapsed where the company counts so.",
        "fr": "Minutes jusqu’à la première réponse, ou jusqu’à maintenant : temps ouvré, ou écoulé si l’entreprise compte ainsi."
      },
      {
        "name": "in_time",
        "type": "boolean",
        "en": "Answered within its delay; NULL while that is open.",
        "fr": "Traité dans son délai ; NULL tant que la question est ouverte."
      }
    ]
  },
  {
    "name": "incident_weeks",
    "en": "Incidents week by week. Grain: one row per week, the last 52, Monday to Sunday in the company’s time zone.",
    "fr": "Les incidents semaine par semaine. Grain : une ligne par semaine, les 52 dernières, du lundi au dimanche dans le fuseau de l’entreprise.",
    "columns": [
      {
        "name": "week",
        "type": "date",
        "en": "Monday of the week.",
        "fr": "Lundi de la semaine."
      },
      {
        "name": "reported_count",
        "type": "integer",
        "en": "Incidents reported in the week.",
        "fr": "Incidents signalés dans la semaine."
      },
      {
        "name": "ended_count",
        "type": "integer",
        "en": "Incidents resolved or closed in the week.",
        "fr": "Incidents résolus ou clos dans la semaine."
      },
      {
        "name": "open_count",
        "type": "integer",
        "en": "Incidents open at its end.",
        "fr": "Incidents ouverts à sa fin."
      },
      {
        "name": "mean_minutes_to_answer",
        "type": "numeric",
        "en": "Of those reported in it, mean minutes to the first answer.",
        "fr": "De ceux qui y furent signalés, minutes moyennes jusqu’à la première réponse."
      },
      {
        "name": "in_time_share",
        "type": "numeric",
        "en": "Of those reported in it, share answered in time, 0 to 1; NULL when none was due.",
        "fr": "De ceux qui y furent signalés, part traitée à temps, de 0 à 1 ; NULL si aucun n’était dû."
      }
    ]
  },
  {
    "name": "incidents",
    "en": "Incidents. Grain: one row per incident. Safety incidents only for logins that have access to them.",
    "fr": "Les incidents. Grain : une ligne par incident. Ceux de sécurité seulement pour les accès qui les comprennent.",
    "columns": [
      {
        "name": "incident_id",
        "type": "uuid",
        "en": "Identifier of the incident.",
        "fr": "Identifiant de l’incident."
      },
      {
        "name": "site_id",
        "type": "uuid",
        "en": "Site (sites.site_id).",
        "fr": "Chantier (sites.site_id)."
      },
      {
        "name": "type",
        "type": "text",
        "en": "safety, technical, material or question.",
        "fr": "safety (sécurité), technical, material (matériel) ou question."
      },
      {
        "name": "severity",
        "type": "text",
        "en": "low, medium, high or critical.",
        "fr": "low (faible), medium (moyenne), high (forte) ou critical (critique)."
      },
      {
        "name": "title",
        "type": "text",
        "en": "Title.",
        "fr": "Titre."
      },
      {
        "name": "zone",
        "type": "text",
        "en": "Place on the site.",
        "fr": "Zone du chantier."
      },
      {
        "name": "status",
        "type": "text",
        "en": "open, assigned, waiting, answered, resolved or closed.",
        "fr": "open (ouvert), assigned (affecté), waiting (en attente), answered (répondu), resolved (résolu) ou closed (clos)."
      },
      {
        "name": "routed_role",
        "type": "text",
        "en": "Role it was routed to.",
        "fr": "Rôle vers lequel il a été aiguillé."
      },
      {
        "name": "reporter_id",
        "type": "uuid",
        "en": "Who reported it (people.person_id).",
        "fr": "Déclarant (people.person_id)."
      },
      {
        "name": "assignee_id",
        "type": "uuid",
        "en": "Who handles it (people.person_id).",
        "fr": "Responsable du traitement (people.person_id)."
      },
      {
        "name": "occurred_at",
        "type": "timestamp with time zone",
        "en": "When it happened, by the clock of the device.",
        "fr": "Moment de l’incident, à l’heure de l’appareil."
      },
      {
        "name": "reported_at",
        "type": "timestamp with time zone",
        "en": "When the server received it.",
        "fr": "Moment de réception par le serveur."
      },
      {
        "name": "resolved_at",
        "type": "timestamp with time zone",
        "en": "When it was resolved.",
        "fr": "Moment de résolution."
      },
      {
        "name": "closed_at",
        "type": "timestamp with time zone",
        "en": "When it was closed.",
        "fr": "Moment de clôture."
      },
      {
        "name": "delay_minutes",
        "type": "integer",
        "en": "Delay given to its treatment, in minutes.",
        "fr": "Délai de traitement accordé, en minutes."
      },
      {
        "name": "resolution_hours",
        "type": "numeric",
        "en": "Elapsed hours from report to resolution (or closure without one); two decimals.",
        "fr": "Heures écoulées du signalement à la résolution (ou à la clôture, faute de résolution) ; deux décimales."
      }
    ]
  },
  {
    "name": "people",
    "en": "The people of the company. Grain: one row per membership. E-mail addresses and telephone numbers are left out.",
    "fr": "Les personnes de l’entreprise. Grain : une ligne par membre. Sans adresses électroniques ni téléphones.",
    "columns": [
      {
        "name": "person_id",
        "type": "uuid",
        "en": "Identifier of the person in this company; other views refer to it.",
        "fr": "Identifiant de la personne dans cette entreprise ; les autres vues y renvoient."
      },
      {
        "name": "full_name",
        "type": "text",
        "en": "First and last name.",
        "fr": "Prénom et nom."
      },
      {
        "name": "job",
        "type": "text",
        "en": "Job.",
        "fr": "Fonction."
      },
      {
        "name": "roles",
        "type": "text[]",
        "en": "Roles: admin, executive, project_manager, site_manager, crew …",
        "fr": "Rôles : admin, executive, project_manager, site_manager, crew…"
      },
      {
        "name": "state",
        "type": "text",
        "en": "active, inactive, suspended or archived.",
        "fr": "active (actif), inactive, suspended (suspendu) ou archived (archivé)."
      },
      {
        "name": "joined_at",
        "type": "timestamp with time zone",
        "en": "When the person joined.",
        "fr": "Date d’arrivée."
      }
    ]
  },
  {
    "name": "site_incidents",
    "en": "Incidents of each site, now: the figures of the screens. Grain: one row per site that has incidents.",
    "fr": "Les incidents de chaque chantier, à cet instant : les chiffres des écrans. Grain : une ligne par chantier qui en a.",
    "columns": [
      {
        "name": "site_id",
        "type": "uuid",
        "en": "Site (sites.site_id).",
        "fr": "Chantier (sites.site_id)."
      },
      {
        "name": "open_count",
        "type": "integer",
        "en": "Incidents neither resolved nor closed.",
        "fr": "Incidents ni résolus ni clos."
      },
      {
        "name": "overdue_count",
        "type": "integer",
        "en": "Open incidents past their delay.",
        "fr": "Incidents ouverts hors délai."
      },
      {
        "name": "gravest",
        "type": "integer",
        "en": "Gravest severity of the open ones: 0 low, 1 medium, 2 high, 3 critical.",
        "fr": "Gravité la plus forte des ouverts : 0 faible, 1 moyenne, 2 forte, 3 critique."
      },
      {
        "name": "resolved_count",
        "type": "integer",
        "en": "Incidents resolved or closed.",
        "fr": "Incidents résolus ou clos."
      },
      {
        "name": "last_activity_at",
        "type": "timestamp with time zone",
        "en": "Last change of one of them.",
        "fr": "Dernier changement de l’un d’eux."
      }
    ]
  },
  {
    "name": "site_pace",
    "en": "How each living site advances, now. Grain: one row per site that is not archived.",
    "fr": "L’avancement de chaque chantier en vie, à cet instant. Grain : une ligne par chantier non archivé.",
    "columns": [
      {
        "name": "site_id",
        "type": "uuid",
        "en": "Site (sites.site_id).",
        "fr": "Chantier (sites.site_id)."
      },
      {
        "name": "elapsed_share",
        "type": "numeric",
        "en": "Share of the planned working days that has passed, 0 to 1; NULL without both dates.",
        "fr": "Part écoulée des jours ouvrés prévus, de 0 à 1 ; NULL sans les deux dates."
      },
      {
        "name": "reported_count",
        "type": "integer",
        "en": "Incidents reported in the last four weeks.",
        "fr": "Incidents signalés ces quatre dernières semaines."
      },
      {
        "name": "in_time_share",
        "type": "numeric",
        "en": "Share of them answered in time, 0 to 1; NULL when none was due.",
        "fr": "Part d’entre eux traitée à temps, de 0 à 1 ; NULL si aucun n’était dû."
      }
    ]
  },
  {
    "name": "site_teams",
    "en": "Who works on which site. Grain: one row per stay of a person on a site.",
    "fr": "Qui travaille sur quel chantier. Grain : une ligne par affectation.",
    "columns": [
      {
        "name": "site_team_id",
        "type": "uuid",
        "en": "Identifier of the stay.",
        "fr": "Identifiant de l’affectation."
      },
      {
        "name": "site_id",
        "type": "uuid",
        "en": "Site (sites.site_id).",
        "fr": "Chantier (sites.site_id)."
      },
      {
        "name": "person_id",
        "type": "uuid",
        "en": "Person (people.person_id).",
        "fr": "Personne (people.person_id)."
      },
      {
        "name": "role",
        "type": "text",
        "en": "Role on this site.",
        "fr": "Rôle sur ce chantier."
      },
      {
        "name": "starts_on",
        "type": "date",
        "en": "First day; NULL: since ever.",
        "fr": "Premier jour ; NULL : depuis toujours."
      },
      {
        "name": "ends_on",
        "type": "date",
        "en": "Last day; NULL: open.",
        "fr": "Dernier jour ; NULL : sans fin."
      },
      {
        "name": "withdrawn_at",
        "type": "timestamp with time zone",
        "en": "When the stay was withdrawn before its end.",
        "fr": "Date de retrait avant terme."
      }
    ]
  },
  {
    "name": "sites",
    "en": "Construction sites, archived ones too. Grain: one row per site.",
    "fr": "Les chantiers, archivés compris. Grain : une ligne par chantier.",
    "columns": [
      {
        "name": "site_id",
        "type": "uuid",
        "en": "Identifier of the site.",
        "fr": "Identifiant du chantier."
      },
      {
        "name": "code",
        "type": "text",
        "en": "Code, CH-2026-001.",
        "fr": "Code, CH-2026-001."
      },
      {
        "name": "name",
        "type": "text",
        "en": "Name.",
        "fr": "Nom."
      },
      {
        "name": "client_name",
        "type": "text",
        "en": "Client.",
        "fr": "Client."
      },
      {
        "name": "postal_code",
        "type": "text",
        "en": "Postal code.",
        "fr": "Code postal."
      },
      {
        "name": "city",
        "type": "text",
        "en": "Town.",
        "fr": "Ville."
      },
      {
        "name": "latitude",
        "type": "double precision",
        "en": "Degrees north (WGS 84).",
        "fr": "Degrés nord (WGS 84)."
      },
      {
        "name": "longitude",
        "type": "double precision",
        "en": "Degrees east (WGS 84).",
        "fr": "Degrés est (WGS 84)."
      },
      {
        "name": "project_manager_id",
        "type": "uuid",
        "en": "Project manager (people.person_id).",
        "fr": "Responsable d’affaires (people.person_id)."
      },
      {
        "name": "site_manager_id",
        "type": "uuid",
        "en": "Site manager (people.person_id).",
        "fr": "Chef de chantier (people.person_id)."
      },
      {
        "name": "status",
        "type": "text",
        "en": "planned, running, alert or finished.",
        "fr": "planned (prévu), running (en cours), alert (en alerte) ou finished (terminé)."
      },
      {
        "name": "starts_on",
        "type": "date",
        "en": "First planned day.",
        "fr": "Premier jour prévu."
      },
      {
        "name": "ends_on",
        "type": "date",
        "en": "Last planned day.",
        "fr": "Dernier jour prévu."
      },
      {
        "name": "planned_days",
        "type": "integer",
        "en": "Planned duration in calendar days, both ends included.",
        "fr": "Durée prévue en jours calendaires, bornes comprises."
      },
      {
        "name": "budget",
        "type": "numeric(14,2)",
        "en": "Budget, in the company’s currency, without tax. NULL when none is known or the login has no access to budgets.",
        "fr": "Budget, dans la devise de l’entreprise, hors taxes. NULL s’il est inconnu ou si l’accès ne comprend pas les budgets."
      },
      {
        "name": "tags",
        "type": "text[]",
        "en": "Labels.",
        "fr": "Étiquettes."
      },
      {
        "name": "created_at",
        "type": "timestamp with time zone",
        "en": "When the site was created.",
        "fr": "Date de création."
      },
      {
        "name": "archived_at",
        "type": "timestamp with time zone",
        "en": "When the site was archived.",
        "fr": "Date d’archivage."
      }
    ]
  }
];
