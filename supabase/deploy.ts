/**
 * Brings a database to the state of this checkout.
 * @param databaseUrl a connection of the owner role `postgres`
 */
export async function deploy(databaseUrl: string): Promise<void> {
  void databaseUrl;
}
