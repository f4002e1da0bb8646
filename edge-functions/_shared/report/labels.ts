/** The words of a report. */
export interface Labels {
  title: string
  asOf: (when: string) => string
  page: (number: number, total: number) => string
  figures: { open: string; overdue: string; resolved: string; elapsed: string; inTime: string; budget: string }
  facts: string
  client: string
  address: string
  projectManager: string
  siteManager: string
  starts: string
  ends: string
  incidents: string
  noIncidents: string
  /** Said when a safety incident is among them. */
  confidential: string
  more: (count: number) => string
  columns: { title: string; type: string; severity: string; status: string; reported: string }
  photos: string
  missingPhoto: string
  /** As the app says them. */
  status: Record<string, string>
  type: Record<string, string>
  severity: Record<string, string>
}

const fr: Labels = {
  title: 'Rapport de chantier',
  asOf: (when) => `État au ${when}`,
  page: (number, total) => `Page ${number} sur ${total}`,
  figures: {
    open: 'Incidents ouverts',
    overdue: 'Hors délai',
    resolved: 'Traités',
    elapsed: 'Délai écoulé',
    inTime: 'Traités à temps, 4 semaines',
    budget: 'Budget',
  },
  facts: 'Le chantier',
  client: 'Client',
  address: 'Adresse',
  projectManager: 'Responsable d’affaires',
  siteManager: 'Chef de chantier',
  starts: 'Début',
  ends: 'Fin prévue',
  incidents: 'Incidents',
  noIncidents: 'Aucun incident.',
  confidential: 'Cite des incidents de sécurité, confidentiels : à ne remettre qu’à qui peut les voir.',
  more: (count) => `… et ${count} autres, plus anciens.`,
  columns: { title: 'Objet', type: 'Type', severity: 'Gravité', status: 'État', reported: 'Signalé' },
  photos: 'Photos',
  missingPhoto: 'Photo absente de cet appareil',
  status: { open: 'Ouvert', assigned: 'En cours', waiting: 'Attend une réponse', answered: 'Répondu', resolved: 'Résolu', closed: 'Clos' },
  type: { safety: 'Sécurité', technical: 'Technique', material: 'Matériel', question: 'Question' },
  severity: { low: 'Faible', medium: 'Moyenne', high: 'Forte', critical: 'Critique' },
}

const en: Labels = {
  title: 'Site report',
  asOf: (when) => `As of ${when}`,
  page: (number, total) => `Page ${number} of ${total}`,
  figures: {
    open: 'Open incidents',
    overdue: 'Overdue',
    resolved: 'Handled',
    elapsed: 'Time elapsed',
    inTime: 'Handled in time, 4 weeks',
    budget: 'Budget',
  },
  facts: 'The site',
  client: 'Client',
  address: 'Address',
  projectManager: 'Project manager',
  siteManager: 'Site manager',
  starts: 'Start',
  ends: 'Planned end',
  incidents: 'Incidents',
  noIncidents: 'No incidents.',
  confidential: 'Names safety incidents, which are confidential: only for those who may see them.',
  more: (count) => `… and ${count} more, older.`,
  columns: { title: 'Subject', type: 'Type', severity: 'Severity', status: 'Status', reported: 'Reported' },
  photos: 'Photos',
  missingPhoto: 'Photo not on this device',
  status: { open: 'Open', assigned: 'In progress', waiting: 'Waiting for an answer', answered: 'Answered', resolved: 'Resolved', closed: 'Closed' },
  type: { safety: 'Safety', technical: 'Technical', material: 'Material', question: 'Question' },
  severity: { low: 'Low', medium: 'Medium', high: 'High', critical: 'Critical' },
}

const es: Labels = {
  title: 'Informe de obra',
  asOf: (when) => `Situación a ${when}`,
  page: (number, total) => `Página ${number} de ${total}`,
  figures: {
    open: 'Incidencias abiertas',
    overdue: 'Fuera de plazo',
    resolved: 'Atendidas',
    elapsed: 'Plazo transcurrido',
    inTime: 'Atendidas a tiempo, 4 semanas',
    budget: 'Presupuesto',
  },
  facts: 'La obra',
  client: 'Cliente',
  address: 'Dirección',
  projectManager: 'Jefe de proyecto',
  siteManager: 'Encargado de obra',
  starts: 'Inicio',
  ends: 'Fin previsto',
  incidents: 'Incidencias',
  noIncidents: 'Ninguna incidencia.',
  confidential: 'Cita incidencias de seguridad, confidenciales: solo para quien puede verlas.',
  more: (count) => `… y ${count} más, anteriores.`,
  columns: { title: 'Asunto', type: 'Tipo', severity: 'Gravedad', status: 'Estado', reported: 'Señalada' },
  photos: 'Fotos',
  missingPhoto: 'La foto no está en este dispositivo',
  status: { open: 'Abierta', assigned: 'En curso', waiting: 'Espera respuesta', answered: 'Respondida', resolved: 'Resuelta', closed: 'Cerrada' },
  type: { safety: 'Seguridad', technical: 'Técnica', material: 'Material', question: 'Pregunta' },
  severity: { low: 'Baja', medium: 'Media', high: 'Alta', critical: 'Crítica' },
}

const pt: Labels = {
  title: 'Relatório de obra',
  asOf: (when) => `Situação em ${when}`,
  page: (number, total) => `Página ${number} de ${total}`,
  figures: {
    open: 'Incidentes abertos',
    overdue: 'Fora do prazo',
    resolved: 'Tratados',
    elapsed: 'Prazo decorrido',
    inTime: 'Tratados a tempo, 4 semanas',
    budget: 'Orçamento',
  },
  facts: 'A obra',
  client: 'Cliente',
  address: 'Morada',
  projectManager: 'Gestor de projeto',
  siteManager: 'Encarregado de obra',
  starts: 'Início',
  ends: 'Fim previsto',
  incidents: 'Incidentes',
  noIncidents: 'Nenhum incidente.',
  confidential: 'Cita incidentes de segurança, confidenciais: só para quem os pode ver.',
  more: (count) => `… e mais ${count}, anteriores.`,
  columns: { title: 'Assunto', type: 'Tipo', severity: 'Gravidade', status: 'Estado', reported: 'Comunicado' },
  photos: 'Fotografias',
  missingPhoto: 'A fotografia não está neste aparelho',
  status: { open: 'Aberta', assigned: 'Em curso', waiting: 'Espera resposta', answered: 'Respondida', resolved: 'Resolvida', closed: 'Encerrada' },
  type: { safety: 'Segurança', technical: 'Técnica', material: 'Material', question: 'Pergunta' },
  severity: { low: 'Baixa', medium: 'Média', high: 'Alta', critical: 'Crítica' },
}

const LABELS: Record<string, Labels> = { fr, en, es, pt }

/** The words of a report in a language; French for one that we do not speak. */
export function labelsOf(locale: string): Labels {
  return LABELS[locale] ?? fr
}
