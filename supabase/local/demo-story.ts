/** Who does what in the demo. Everything is invented; the SIRENs pass the Luhn check and belong to nobody we know of. */

export interface DemoPerson {
  name: string;
  email: string;
  roles: string[];
  job: string;
  phone?: string;
  /** Names of the sites the invitation gives. */
  sites?: string[];
}

export interface DemoSite {
  name: string;
  client: string;
  address: string;
  postalCode: string;
  city: string;
  latitude: number;
  longitude: number;
  projectManager: string;
  siteManager?: string;
  architect?: string;
  /** Days from today. */
  starts: number;
  ends: number;
  status: 'planned' | 'running' | 'alert' | 'finished';
  budget: number;
  tags: string[];
}

export interface DemoStep {
  by: string;
  do: 'answer' | 'ask' | 'assign' | 'resolve' | 'reopen' | 'close';
  body?: string;
  to?: string;
  /** Hours after the step before. */
  after: number;
}

export interface DemoIncident {
  site: string;
  by: string;
  type: 'safety' | 'technical' | 'material' | 'question';
  severity: 'low' | 'medium' | 'high' | 'critical';
  title: string;
  description?: string;
  zone?: string;
  details?: Record<string, string>;
  /** Hours before today's seeding. */
  ago: number;
  /** Hours that the phone was without network before the report left. */
  offline?: number;
  steps?: DemoStep[];
}

export interface DemoCompany {
  name: string;
  siren: string;
  siret: string;
  founder: DemoPerson;
  /** Invited in this order by the founder. */
  people: DemoPerson[];
  sites: DemoSite[];
  teams: Record<string, string[]>;
  incidents: DemoIncident[];
}

/** A safety coordinator who works for both companies, with the same account. */
const shared = { name: 'Nadia Ferrand', email: 'nadia.ferrand@coordination.example', job: 'Coordinatrice SPS', phone: '06 00 00 00 31' };

const garrigue: DemoCompany = {
  name: 'Bâti Garrigue',
  siren: '900417239',
  siret: '90041723900010',
  founder: { name: 'Hélène Cazals', email: 'helene.cazals@bati-garrigue.example', roles: ['admin', 'executive', 'project_manager'], job: 'Gérante', phone: '06 00 00 00 10' },
  people: [
    { name: 'Bruno Maurel', email: 'bruno.maurel@bati-garrigue.example', roles: ['admin'], job: 'Responsable informatique' },
    { name: 'Claire Vidal', email: 'claire.vidal@bati-garrigue.example', roles: ['executive'], job: 'Directrice des opérations', phone: '06 00 00 00 11' },
    { name: 'Julien Roques', email: 'julien.roques@bati-garrigue.example', roles: ['project_manager'], job: 'Conducteur de travaux', phone: '06 00 00 00 12' },
    { name: 'Karim Benali', email: 'karim.benali@bati-garrigue.example', roles: ['site_manager'], job: 'Chef de chantier', phone: '06 00 00 00 13', sites: ['Résidence Les Micocouliers', 'École Jean-Moulin'] },
    { name: 'Sylvain Arnal', email: 'sylvain.arnal@bati-garrigue.example', roles: ['site_manager'], job: 'Chef de chantier', phone: '06 00 00 00 14', sites: ['Halle aux grains'] },
    { name: 'Thomas Pages', email: 'thomas.pages@bati-garrigue.example', roles: ['crew'], job: 'Maçon', phone: '06 00 00 00 15', sites: ['Résidence Les Micocouliers'] },
    { name: 'Aïcha Diallo', email: 'aicha.diallo@bati-garrigue.example', roles: ['crew'], job: 'Coffreuse', phone: '06 00 00 00 16', sites: ['Résidence Les Micocouliers', 'École Jean-Moulin'] },
    { name: 'Marion Teisseire', email: 'marion.teisseire@bati-garrigue.example', roles: ['design_office'], job: 'Ingénieure structure', phone: '06 00 00 00 17' },
    { name: 'Olivier Fabre', email: 'olivier.fabre@bati-garrigue.example', roles: ['buyer'], job: 'Acheteur' },
    { name: 'Sophie Lacombe', email: 'sophie.lacombe@bati-garrigue.example', roles: ['hr'], job: 'Responsable RH' },
    { ...shared, roles: ['hse'] },
    { name: 'Éric Jourdan', email: 'eric.jourdan@bati-garrigue.example', roles: ['customer_service'], job: 'Service après-vente' },
    { name: 'Patricia Bonnet', email: 'patricia.bonnet@bati-garrigue.example', roles: ['accountant'], job: 'Comptable' },
    { name: 'Louis Carrière', email: 'louis.carriere@bati-garrigue.example', roles: ['viewer'], job: 'Apprenti conducteur' },
    { name: 'Inès Gautier', email: 'ines.gautier@bati-garrigue.example', roles: ['analyst'], job: 'Contrôle de gestion' },
    { name: 'Paul Estève', email: 'paul.esteve@hlm-du-lez.example', roles: ['client'], job: 'Maîtrise d’ouvrage', sites: ['Résidence Les Micocouliers'] },
  ],
  sites: [
    {
      name: 'Résidence Les Micocouliers', client: 'HLM du Lez', address: '12 rue des Aramons', postalCode: '34000', city: 'Montpellier', latitude: 43.6195, longitude: 3.8777,
      projectManager: 'Julien Roques', siteManager: 'Karim Benali', architect: 'Atelier Solane', starts: -120, ends: 210, status: 'running', budget: 2_480_000, tags: ['logement', 'R+4'],
    },
    {
      name: 'Halle aux grains', client: 'Ville de Pézenas', address: 'Place Gambetta', postalCode: '34120', city: 'Pézenas', latitude: 43.4609, longitude: 3.4232,
      projectManager: 'Hélène Cazals', siteManager: 'Sylvain Arnal', architect: 'Cabinet Orb', starts: -200, ends: 35, status: 'alert', budget: 915_000, tags: ['réhabilitation', 'monument'],
    },
    {
      name: 'École Jean-Moulin', client: 'Ville de Lunel', address: '3 avenue des Écoles', postalCode: '34400', city: 'Lunel', latitude: 43.6743, longitude: 4.1356,
      projectManager: 'Julien Roques', siteManager: 'Karim Benali', starts: 24, ends: 300, status: 'planned', budget: 1_340_000, tags: ['scolaire'],
    },
  ],
  teams: { 'Gros œuvre': ['Karim Benali', 'Thomas Pages', 'Aïcha Diallo'], 'Études et achats': ['Marion Teisseire', 'Olivier Fabre'] },
  incidents: [
    {
      site: 'Résidence Les Micocouliers', by: 'Karim Benali', type: 'safety', severity: 'critical', title: 'Garde-corps arraché au 3e étage, façade nord', zone: 'Bâtiment A, 3e étage',
      description: 'Le garde-corps provisoire a cédé sous une palette. Personne dessous, mais le vide reste ouvert sur quatre mètres.',
      details: { injured: 'none', measures: 'Zone balisée, équipe descendue, échafaudeur appelé.' }, ago: 3.2,
      steps: [
        { by: 'Claire Vidal', do: 'assign', to: 'Nadia Ferrand', body: 'Pouvez-vous passer dès ce matin ?', after: 0.3 },
        { by: 'Nadia Ferrand', do: 'answer', body: 'Je suis sur place à 11 h. Personne au-dessus du 2e d’ici là.', after: 0.4 },
      ],
    },
    {
      site: 'Résidence Les Micocouliers', by: 'Aïcha Diallo', type: 'technical', severity: 'high', title: 'Réservation de gaine décalée de 20 cm', zone: 'Bâtiment A, palier R+2',
      description: 'La réservation du plan de coffrage tombe dans le voile porteur. On coule demain matin, il faut trancher.', ago: 5.5,
      steps: [{ by: 'Marion Teisseire', do: 'ask', body: 'Quel indice de plan avez-vous sur place ? Le C corrige ce point.', after: 0.8 }],
    },
    {
      site: 'Résidence Les Micocouliers', by: 'Thomas Pages', type: 'material', severity: 'medium', title: 'Il manque des étais pour la dalle du R+3', zone: 'Bâtiment B',
      details: { item: 'Étais 3,5 m', quantity: '40 pièces' }, ago: 27, offline: 3.5,
      steps: [
        { by: 'Olivier Fabre', do: 'assign', to: 'Olivier Fabre', body: 'Je m’en occupe : livraison demain avant 8 h.', after: 1.2 },
      ],
    },
    {
      site: 'Résidence Les Micocouliers', by: 'Karim Benali', type: 'question', severity: 'low', title: 'Teinte des seuils : gris clair ou anthracite ?', zone: 'Halls', ago: 76,
      description: 'Le client hésite entre les deux échantillons du carnet.',
      steps: [
        { by: 'Julien Roques', do: 'answer', body: 'Anthracite, validé ce matin avec la maîtrise d’ouvrage.', after: 4 },
        { by: 'Karim Benali', do: 'close', body: 'Parfait, je commande.', after: 2 },
      ],
    },
    {
      site: 'Résidence Les Micocouliers', by: 'Thomas Pages', type: 'technical', severity: 'medium', title: 'Infiltration en pied de voile du sous-sol', zone: 'Sous-sol, angle est', ago: 190,
      steps: [
        { by: 'Marion Teisseire', do: 'assign', to: 'Marion Teisseire', after: 1 },
        { by: 'Marion Teisseire', do: 'answer', body: 'Reprise par injection, fiche jointe au dossier du lot 2.', after: 20 },
        { by: 'Marion Teisseire', do: 'resolve', body: 'Injection faite, contrôle à sept jours prévu.', after: 40 },
      ],
    },
    {
      site: 'Halle aux grains', by: 'Sylvain Arnal', type: 'technical', severity: 'critical', title: 'Poutre maîtresse fissurée sous la travée 4', zone: 'Travée 4',
      description: 'Fissure traversante apparue après la dépose du plancher. Étaiement posé, travaux arrêtés sous la travée.', ago: 50,
      steps: [
        { by: 'Hélène Cazals', do: 'assign', to: 'Marion Teisseire', body: 'Priorité absolue.', after: 0.5 },
        { by: 'Marion Teisseire', do: 'answer', body: 'Étaiement validé. Note de calcul du renfort demain midi.', after: 5 },
      ],
    },
    {
      site: 'Halle aux grains', by: 'Sylvain Arnal', type: 'material', severity: 'high', title: 'Tuiles canal livrées dans la mauvaise teinte', zone: 'Base vie',
      description: 'Trois palettes sur cinq en rouge vif au lieu de vieilli. L’architecte des bâtiments refuse.', details: { item: 'Tuiles canal vieillies', quantity: '3 palettes' }, ago: 98,
      steps: [
        { by: 'Olivier Fabre', do: 'answer', body: 'Le fournisseur reprend et relivre jeudi, sans frais.', after: 6 },
        { by: 'Olivier Fabre', do: 'resolve', body: 'Relivré et contrôlé.', after: 46 },
        { by: 'Sylvain Arnal', do: 'reopen', body: 'Une palette est encore mélangée.', after: 3 },
      ],
    },
    {
      site: 'Halle aux grains', by: 'Sylvain Arnal', type: 'safety', severity: 'medium', title: 'Poussières de plomb au grattage des menuiseries', zone: 'Façade ouest', ago: 150,
      details: { injured: 'none', measures: 'Masques P3 distribués.' },
      steps: [
        { by: 'Nadia Ferrand', do: 'assign', to: 'Nadia Ferrand', after: 2 },
        { by: 'Nadia Ferrand', do: 'resolve', body: 'Mode opératoire plomb affiché, aspiration à la source en place.', after: 22 },
        { by: 'Sylvain Arnal', do: 'close', after: 18 },
      ],
    },
    { site: 'École Jean-Moulin', by: 'Julien Roques', type: 'question', severity: 'medium', title: 'Accès des engins pendant les heures de classe ?', zone: 'Portail sud', ago: 8 },
  ],
};

const vercors: DemoCompany = {
  name: 'Charpentes du Vercors',
  siren: '918264052',
  siret: '91826405200013',
  founder: { name: 'Mathieu Gerland', email: 'mathieu.gerland@vercors.example', roles: ['admin', 'executive', 'project_manager'], job: 'Président', phone: '06 00 00 00 20' },
  people: [
    { name: 'Elsa Perrin', email: 'elsa.perrin@vercors.example', roles: ['project_manager'], job: 'Chargée d’affaires', phone: '06 00 00 00 21' },
    { name: 'Yann Rivoire', email: 'yann.rivoire@vercors.example', roles: ['site_manager'], job: 'Chef d’équipe charpente', phone: '06 00 00 00 22', sites: ['Gymnase de Villard', 'Chalet des Cimes'] },
    { name: 'Diego Morales', email: 'diego.morales@vercors.example', roles: ['crew'], job: 'Charpentier', sites: ['Gymnase de Villard'] },
    { name: 'Lucie Blanchet', email: 'lucie.blanchet@vercors.example', roles: ['design_office'], job: 'Dessinatrice bois' },
    { name: 'Gilles Faure', email: 'gilles.faure@vercors.example', roles: ['buyer'], job: 'Achats et parc' },
    { ...shared, roles: ['hse'] },
  ],
  sites: [
    {
      name: 'Gymnase de Villard', client: 'Commune de Villard', address: 'Route des Clots', postalCode: '38250', city: 'Villard-de-Lans', latitude: 45.0712, longitude: 5.5531,
      projectManager: 'Elsa Perrin', siteManager: 'Yann Rivoire', architect: 'Agence Moucherotte', starts: -60, ends: 90, status: 'running', budget: 640_000, tags: ['lamellé-collé'],
    },
    {
      name: 'Chalet des Cimes', client: 'SCI Bellevue', address: 'Chemin du Pré', postalCode: '38112', city: 'Méaudre', latitude: 45.1263, longitude: 5.5279,
      projectManager: 'Mathieu Gerland', siteManager: 'Yann Rivoire', starts: -15, ends: 140, status: 'running', budget: 285_000, tags: ['ossature bois'],
    },
    {
      name: 'Marché couvert de Die', client: 'Ville de Die', address: 'Place du Marché', postalCode: '26150', city: 'Die', latitude: 44.7531, longitude: 5.3702,
      projectManager: 'Elsa Perrin', starts: -320, ends: -12, status: 'finished', budget: 410_000, tags: ['charpente traditionnelle'],
    },
  ],
  teams: { 'Pose': ['Yann Rivoire', 'Diego Morales'] },
  incidents: [
    {
      site: 'Gymnase de Villard', by: 'Yann Rivoire', type: 'safety', severity: 'high', title: 'Élingue usée sur le levage des arcs', zone: 'Aire de levage',
      description: 'Trois fils cassés visibles. Levage suspendu le temps du remplacement.', details: { injured: 'none', measures: 'Élingue mise au rebut.' }, ago: 20,
      steps: [
        { by: 'Mathieu Gerland', do: 'assign', to: 'Nadia Ferrand', after: 0.2 },
        { by: 'Nadia Ferrand', do: 'resolve', body: 'Élingues neuves contrôlées, registre à jour.', after: 6 },
      ],
    },
    {
      site: 'Gymnase de Villard', by: 'Diego Morales', type: 'technical', severity: 'medium', title: 'Ferrure F12 trop courte pour l’arbalétrier', zone: 'Ferme 6', ago: 2.5, offline: 1.5,
    },
    {
      site: 'Chalet des Cimes', by: 'Yann Rivoire', type: 'question', severity: 'low', title: 'Débord de toit : 60 ou 80 cm côté vallée ?', ago: 44,
      steps: [{ by: 'Mathieu Gerland', do: 'answer', body: '80 cm, le permis modificatif est accordé.', after: 9 }],
    },
    {
      site: 'Chalet des Cimes', by: 'Yann Rivoire', type: 'material', severity: 'medium', title: 'Vis de 240 épuisées', details: { item: 'Vis à bois 8 × 240', quantity: '4 boîtes' }, ago: 30,
      steps: [{ by: 'Gilles Faure', do: 'resolve', body: 'Déposées au chalet ce matin.', after: 14 }, { by: 'Yann Rivoire', do: 'close', after: 3 }],
    },
  ],
};

/** The demo, in the order in which it is told. */
export const story: DemoCompany[] = [garrigue, vercors];
