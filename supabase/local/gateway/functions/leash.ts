/** Loaded before a function: ends it when the gateway that started it is gone, even killed. */
const gateway = Deno.ppid
Deno.unrefTimer(setInterval(() => Deno.ppid !== gateway && Deno.exit(0), 500))
