/** True for the refusal of a photo that is in the same place already: nobody has anything to mend. Its twin may still be on its way. */
export const isKnownPhoto = ({ name, state, code }: { name: string; state: string; code?: string }) =>
  name === 'add_photo' && state === 'refused' && code === 'TAKEN'
