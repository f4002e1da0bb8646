export const demos = {
  'demo.mark': 'Demostración: todo en ella es inventado.',
  'demo.offer': '¿Solo para ver?',
  'demo.offerBody': 'Una empresa de demostración, con sus obras y doce semanas de actividad. Se borra con un clic.',
  'demo.open': 'Abrir una demostración',
  'demo.remove': 'Eliminar la demostración',
  'demo.removeBody': 'Sus obras, sus incidencias y lo que haya añadido desaparecen para todos. Sus otras empresas no cambian.',
  'demo.removeYes': 'Eliminar',
  'demo.removed': 'Demostración eliminada.',
}
