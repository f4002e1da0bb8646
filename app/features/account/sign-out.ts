import { UnsentWorkError } from '../../kernel/errors.ts'
import { plural, t } from '../../kernel/i18n/index.ts'
import { session } from '../../kernel/session.ts'
import { confirm } from '../../kernel/ui/dialogs.tsx'

/** Signs out; when work has not been sent, says so first and keeps it under this account. True when signed out. */
export async function signOutSafely(): Promise<boolean> {
  try {
    await session.signOut()
  } catch (error) {
    if (!(error instanceof UnsentWorkError)) throw error
    const sure = await confirm({
      title: plural('account.unsentTitle', error.pending),
      body: t('account.unsentBody'),
      action: t('account.signOutAnyway'),
      danger: true,
    })
    if (!sure) return false
    await session.signOut({ force: true })
  }
  return true
}
