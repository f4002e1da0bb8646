/** True for the refusal of a photo that is in the same place already: nothing is lost, and nobody has anything to mend. */
export const isKnownPhoto = ({ name, state, code }: { name: string; state: string; code?: string }) =>
  name === 'add_photo' && state === 'refused' && code === 'TAKEN'
