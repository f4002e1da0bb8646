import { Navigate, Router, useLocation, type RouteDefinition, type RouteSectionProps } from '@solidjs/router'
import { createEffect, Match, on, Show, Switch } from 'solid-js'
import { DemoMark } from './features/demos/public.ts'
import { setTimeZone } from './kernel/i18n/format.ts'
import { t } from './kernel/i18n/index.ts'
import { session } from './kernel/session.ts'
import { Dialogs } from './kernel/ui/dialogs.tsx'
import { Shell } from './kernel/ui/Shell.tsx'
import { Choose, NotFound } from './kernel/ui/empty-pages.tsx'
import { part } from './kernel/ui/part.tsx'
import { Avatar } from './kernel/ui/parts.tsx'
import { screen } from './kernel/ui/screen.tsx'
import type { Slots } from './kernel/ui/slots.tsx'
import { look, wear } from './kernel/ui/theme.ts'

const Today = screen(() => import('./features/today/Today.tsx'), 'first')

/** What features put into the frame; all but the mark of a demo come behind the first screen. */
const slots: Slots = {
  palette: part(() => import('./features/search/Palette.tsx')),
  help: part(() => import('./features/search/Keys.tsx')),
  mark: DemoMark,
  pull: part(() => import('./kernel/ui/Pull.tsx')),
  count: part(() => import('./features/today/Count.tsx')),
  favourites: part(() => import('./features/favourites/FavouriteList.tsx')),
  own: part(() => import('./features/menus/Own.tsx')),
  star: part(() => import('./features/favourites/Star.tsx')),
  logo: part(
    () => import('./features/companies/Logo.tsx'),
    () => <Avatar name={session.company()?.company_name ?? ''} />,
  ),
  portrait: part(
    () => import('./features/people/Portrait.tsx'),
    (props) => <Avatar name={props.name} />,
  ),
}

/** Screens of a signed-in person; each loads when it is first opened. */
const screens: RouteDefinition[] = [
  // The router fetches a screen of the address at once; who is not signed in only passes through this one.
  { path: '/', component: (props: RouteSectionProps) => <Today {...props} /> },
  { path: '/dashboard', component: screen(() => import('./features/dashboard/Dashboard.tsx')) },
  { path: '/menu', component: screen(() => import('./features/account/Menu.tsx')) },
  {
    path: '/sites',
    component: screen(() => import('./features/sites/SiteList.tsx')),
    children: [
      { path: '/' },
      { path: '/new', component: screen(async () => ({ default: (await import('./features/sites/SiteForm.tsx')).NewSite })) },
      { path: '/:id', component: screen(() => import('./features/sites/SitePage.tsx')) },
      { path: '/:id/edit', component: screen(async () => ({ default: (await import('./features/sites/SiteForm.tsx')).EditSite })) },
    ],
  },
  {
    path: '/incidents',
    component: screen(() => import('./features/incidents/IncidentList.tsx')),
    children: [
      { path: '/', component: () => <Choose icon="incident" text={t('incident.chooseOne')} /> },
      { path: '/new', component: screen(() => import('./features/incidents/IncidentForm.tsx')) },
      { path: '/:id', component: screen(() => import('./features/incidents/IncidentThread.tsx')) },
    ],
  },
  {
    path: '/people',
    component: screen(() => import('./features/people/PeopleList.tsx')),
    children: [
      { path: '/' },
      { path: '/import', component: screen(() => import('./features/people/BulkInvite.tsx')) },
      { path: '/invite', component: screen(() => import('./features/people/Invite.tsx')) },
      { path: '/:id', component: screen(() => import('./features/people/PersonPage.tsx')) },
    ],
  },
  { path: '/photos', component: screen(() => import('./features/photos/PhotoList.tsx')) },
  { path: '/photos/new', component: screen(() => import('./features/photos/Camera.tsx')) },
  { path: '/photos/import', component: screen(() => import('./features/photos/PhotoImport.tsx')) },
  { path: '/company', component: screen(() => import('./features/companies/CompanySettings.tsx')) },
  { path: '/company/words', component: screen(() => import('./features/sentences/SentenceList.tsx')) },
  { path: '/company/analysts', component: screen(() => import('./features/analysts/Analysts.tsx')) },
  { path: '/switch', component: screen(() => import('./features/companies/SwitchCompany.tsx')) },
  { path: '/start', component: screen(() => import('./features/companies/GettingStarted.tsx')) },
  { path: '/sync', component: screen(() => import('./features/sync/SyncPage.tsx')) },
  { path: '/sync/:id', component: screen(() => import('./features/sync/Mend.tsx')) },
  { path: '/account', component: screen(() => import('./features/account/Account.tsx')) },
  { path: '/account/security', component: screen(() => import('./features/account/Security.tsx')) },
  { path: '*', component: NotFound },
]

/** Screens without a company: they draw their own frame. */
const open: RouteDefinition[] = [
  { path: '/sign-in', component: screen(() => import('./features/account/SignIn.tsx'), 'first') },
  { path: '/sign-up', component: screen(() => import('./features/account/SignUp.tsx'), 'first') },
  { path: '/magic-link', component: screen(async () => ({ default: (await import('./features/account/AskLink.tsx')).MagicLink })) },
  { path: '/forgotten', component: screen(async () => ({ default: (await import('./features/account/AskLink.tsx')).Forgotten })) },
  { path: '/unconfirmed', component: screen(async () => ({ default: (await import('./features/account/AskLink.tsx')).Unconfirmed })) },
  { path: '/verify', component: screen(() => import('./features/account/Verify.tsx')) },
  { path: '/new-password', component: screen(() => import('./features/account/NewPassword.tsx')) },
  { path: '/proof', component: screen(() => import('./features/account/Proof.tsx')) },
  { path: '/invitation', component: screen(() => import('./features/people/AcceptInvitation.tsx')) },
  // Left out of what is built: the condition is false there, and its code goes with it.
  ...(import.meta.env.DEV ? [{ path: '/design', component: screen(() => import('./features/design/Design.tsx')) }] : []),
  { path: '/company/new', component: screen(() => import('./features/companies/FoundCompany.tsx')) },
]

/** Lets in who is signed in and belongs to a company; sends the others where they can become so. */
function Private(props: RouteSectionProps) {
  const location = useLocation()
  const next = () => (location.pathname === '/' ? '' : `?next=${encodeURIComponent(location.pathname + location.search)}`)
  return (
    <Switch>
      <Match when={session.user() === undefined}>{null}</Match>
      <Match when={session.user() === null}>
        <Navigate href={`/sign-in${next()}`} />
      </Match>
      <Match when={!session.company()}>
        <Navigate href="/company/new" />
      </Match>
      <Match when={true}>
        <Shell slots={slots}>
          <Show when={session.company()?.company_id} keyed>
            {props.children}
          </Show>
        </Shell>
      </Match>
    </Switch>
  )
}

function Root(props: RouteSectionProps) {
  createEffect(() => setTimeZone(session.company()?.time_zone))
  createEffect(
    on([() => session.user() === undefined, () => session.company()?.accent ?? null, look], ([unread, accent]) => {
      if (!unread) void wear(accent).catch(() => undefined) // its own colours do until the code comes
    }),
  )
  return (
    <>
      {props.children}
      <Dialogs />
    </>
  )
}

/** The whole app. */
export function App() {
  return <Router root={Root}>{[...open, { path: '/', component: Private, children: screens }]}</Router>
}
