/** How to sign in as one person of the demo companies. */
export interface SignIn {
  email: string;
  password: string;
  name: string;
  role: string;
  company: string;
}

/**
 * Fills an empty platform with the demo companies.
 * @param stack the running stack's address, its browser key, and a connection of the owner role
 */
export async function seedDemo(stack: { url: string; publishableKey: string; databaseUrl: string }): Promise<SignIn[]> {
  void stack;
  return [];
}
