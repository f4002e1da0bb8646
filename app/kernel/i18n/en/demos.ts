export const demos = {
  'demo.mark': 'Demo: everything here is made up.',
  'demo.offer': 'Just looking?',
  'demo.offerBody': 'A demo company, with its sites and twelve weeks of activity. One click takes it away.',
  'demo.open': 'Open a demo',
  'demo.remove': 'Remove the demo',
  'demo.removeBody': 'Its sites, its incidents and what you added to it disappear for everybody. Your other companies do not change.',
  'demo.removeYes': 'Remove',
  'demo.removed': 'Demo removed.',
}
