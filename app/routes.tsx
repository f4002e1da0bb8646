import { Navigate, Router, useLocation, type RouteDefinition, type RouteSectionProps } from '@solidjs/router'
import { createEffect, lazy, Match, Show, Suspense, Switch } from 'solid-js'
import { setTimeZone } from './kernel/i18n/format.ts'
import { t } from './kernel/i18n/index.ts'
import { session } from './kernel/session.ts'
import { Dialogs } from './kernel/ui/dialogs.tsx'
import { Shell } from './kernel/ui/Shell.tsx'
import { Choose, NotFound } from './kernel/ui/empty-pages.tsx'

const Today = lazy(() => import('./features/today/Today.tsx'))

/** Screens of a signed-in person; each loads when it is first opened. */
const screens: RouteDefinition[] = [
  // The router fetches lazy components of an address at once; who is not signed in only passes through this one.
  { path: '/', component: () => <Today /> },
  { path: '/menu', component: lazy(() => import('./features/account/Menu.tsx')) },
  {
    path: '/sites',
    component: lazy(() => import('./features/sites/SiteList.tsx')),
    children: [
      { path: '/' },
      { path: '/new', component: lazy(async () => ({ default: (await import('./features/sites/SiteForm.tsx')).NewSite })) },
      { path: '/:id', component: lazy(() => import('./features/sites/SitePage.tsx')) },
      { path: '/:id/edit', component: lazy(async () => ({ default: (await import('./features/sites/SiteForm.tsx')).EditSite })) },
    ],
  },
  {
    path: '/incidents',
    component: lazy(() => import('./features/incidents/IncidentList.tsx')),
    children: [
      { path: '/', component: () => <Choose icon="incident" text={t('incident.chooseOne')} /> },
      { path: '/new', component: lazy(() => import('./features/incidents/IncidentForm.tsx')) },
      { path: '/:id', component: lazy(() => import('./features/incidents/IncidentThread.tsx')) },
    ],
  },
  {
    path: '/people',
    component: lazy(() => import('./features/people/PeopleList.tsx')),
    children: [
      { path: '/' },
      { path: '/invite', component: lazy(() => import('./features/people/Invite.tsx')) },
      { path: '/:id', component: lazy(() => import('./features/people/PersonPage.tsx')) },
    ],
  },
  { path: '/company', component: lazy(() => import('./features/companies/CompanySettings.tsx')) },
  { path: '/switch', component: lazy(() => import('./features/companies/SwitchCompany.tsx')) },
  { path: '/start', component: lazy(() => import('./features/companies/GettingStarted.tsx')) },
  { path: '/sync', component: lazy(() => import('./features/sync/SyncPage.tsx')) },
  { path: '/sync/:id', component: lazy(() => import('./features/sync/Mend.tsx')) },
  { path: '/account', component: lazy(() => import('./features/account/Account.tsx')) },
  { path: '*', component: NotFound },
]

/** Screens without a company: they draw their own frame. */
const open: RouteDefinition[] = [
  { path: '/sign-in', component: lazy(() => import('./features/account/SignIn.tsx')) },
  { path: '/sign-up', component: lazy(() => import('./features/account/SignUp.tsx')) },
  { path: '/invitation', component: lazy(() => import('./features/people/AcceptInvitation.tsx')) },
  { path: '/company/new', component: lazy(() => import('./features/companies/FoundCompany.tsx')) },
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
        <Shell>
          <Suspense>
            <Show when={session.company()?.company_id} keyed>{props.children}</Show>
          </Suspense>
        </Shell>
      </Match>
    </Switch>
  )
}

function Root(props: RouteSectionProps) {
  createEffect(() => setTimeZone(session.company()?.time_zone))
  return (
    <>
      <Suspense>{props.children}</Suspense>
      <Dialogs />
    </>
  )
}

/** The whole app. */
export function App() {
  return <Router root={Root}>{[...open, { path: '/', component: Private, children: screens }]}</Router>
}
