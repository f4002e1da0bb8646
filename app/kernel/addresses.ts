/** Whether a host name leads to this computer alone: to its loopback. */
export const onlyHere = (host: string): boolean => /^(localhost|127\.[\d.]+|\[?::1\]?)$/.test(host)
