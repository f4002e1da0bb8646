import { createSignal, Show, type Component } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import { firstScreen } from '../first-screen.ts'
import { allWords } from '../i18n/index.ts'

/**
 * A part of the frame whose code comes behind the first screen.
 * @param before stands in its place until then, and when it does not come
 */
export function part<P extends object>(load: () => Promise<{ default: Component<P> }>, before?: Component<P>): Component<P> {
  const [loaded, setLoaded] = createSignal<Component<P> | undefined>(before)
  let loading: Promise<void> | undefined
  return (props: P) => {
    loading ??= firstScreen
      .then(async () => {
        const [module] = await Promise.all([load(), allWords()])
        setLoaded(() => module.default)
      })
      .catch(() => {
        loading = undefined
      })
    return <Show when={loaded()}>{(component) => <Dynamic component={component()} {...props} />}</Show>
  }
}
