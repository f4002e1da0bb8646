export const demos = {
  'demo.mark': 'Démonstration : tout y est inventé.',
  'demo.offer': 'Juste pour voir ?',
  'demo.offerBody': 'Une entreprise de démonstration, avec ses chantiers et douze semaines d’activité. Elle s’efface d’un clic.',
  'demo.open': 'Ouvrir une démonstration',
  'demo.remove': 'Supprimer la démonstration',
  'demo.removeBody': 'Ses chantiers, ses incidents et ce que vous y avez ajouté disparaissent pour tous. Vos autres entreprises ne changent pas.',
  'demo.removeYes': 'Supprimer',
  'demo.removed': 'Démonstration supprimée.',
}
