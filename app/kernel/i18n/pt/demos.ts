export const demos = {
  'demo.mark': 'Demonstração: tudo nela é inventado.',
  'demo.offer': 'Só para ver?',
  'demo.offerBody': 'Uma empresa de demonstração, com as suas obras e doze semanas de atividade. Apaga-se com um clique.',
  'demo.open': 'Abrir uma demonstração',
  'demo.remove': 'Eliminar a demonstração',
  'demo.removeBody': 'As suas obras, as suas ocorrências e o que lá acrescentou desaparecem para todos. As suas outras empresas não mudam.',
  'demo.removeYes': 'Eliminar',
  'demo.removed': 'Demonstração eliminada.',
}
