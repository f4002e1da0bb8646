import './sentences.css'
import { useSearchParams } from '@solidjs/router'
import { createMemo, createResource, createSignal, For, Show } from 'solid-js'
import { createRows } from '../../kernel/data.ts'
import { locale, locales, plural, t, wordsIn, type Locale } from '../../kernel/i18n/index.ts'
import { matches } from '../../kernel/search.ts'
import { session } from '../../kernel/session.ts'
import { readTable, UnreadableFile } from '../../kernel/table-file.ts'
import { FileButton } from '../../kernel/ui/FileButton.tsx'
import { Icon } from '../../kernel/ui/icons.tsx'
import { Page } from '../../kernel/ui/Page.tsx'
import { Button, Note, Panel, Skeleton } from '../../kernel/ui/parts.tsx'
import { SearchField } from '../../kernel/ui/SearchField.tsx'
import { csvOf, download } from '../../kernel/ui/table/csv.ts'
import { ownSentences } from './data.ts'
import { ImportCard } from './ImportCard.tsx'
import { exportRows, isOpen, readImport, type Import, type Words } from './rules.ts'
import { SentenceSheet } from './SentenceSheet.tsx'

/** How many sentences are drawn at once. */
const STEP = 50

/** What the company says on its screens: each sentence beside the company's own, found by a word, and a file for translators. */
export default function SentenceList() {
  return (
    <Page title={t('sentence.title')} back="/company">
      <Show
        when={session.can('company.edit')}
        fallback={
          <Panel icon="lock" title={t('state.refused')}>
            {t('state.refusedBody')}
          </Panel>
        }
      >
        <Sentences />
      </Show>
    </Page>
  )
}

function Sentences() {
  const [search, setSearch] = useSearchParams<{ q?: string; own?: string; in?: string }>()
  const language = (): Locale => (Object.hasOwn(locales, search.in ?? '') ? (search.in as Locale) : locale())
  const [words] = createResource(language, wordsIn)
  const kept = createRows(ownSentences)
  const texts = (): Words => kept.rows().find((row) => row.locale === language())?.texts ?? {}
  const [most, setMost] = createSignal(STEP)
  const [edited, setEdited] = createSignal<string | null>(null)
  const [found, setFound] = createSignal<Import | null>(null)
  const [trouble, setTrouble] = createSignal<UnreadableFile['reason'] | 'keys' | null>(null)

  const shown = createMemo(() =>
    Object.entries(words.latest ?? {})
      .filter(([key, text]) => isOpen(key) && (!search.own || key in texts()) && matches(search.q, text, texts()[key], key))
      .map(([key]) => key),
  )
  const open = async (file: File | undefined) => {
    if (!file || !words.latest) return
    setTrouble(null)
    setFound(null)
    try {
      const read = readImport(await readTable(file), words.latest, texts(), language())
      if (read) setFound(read)
      else setTrouble('keys')
    } catch (error) {
      setTrouble(error instanceof UnreadableFile ? error.reason : 'format')
    }
  }
  const save = async () => {
    const french = language() === 'fr' ? null : await wordsIn('fr')
    const head = [t('sentence.key'), ...(french ? [locales.fr] : []), locales[language()], t('sentence.text')]
    download(`${t('sentence.file')}-${language()}.csv`, csvOf(head, exportRows(words.latest ?? {}, french, texts())))
  }
  return (
    <>
      <p class="quiet">{t('sentence.intro')}</p>
      <div class="toolbar">
        <SearchField
          label={t('sentence.search')}
          value={search.q}
          onSearch={(q) => {
            setMost(STEP)
            setSearch({ q }, { replace: true })
          }}
        />
        <div class="select">
          <select
            class="input"
            aria-label={t('account.language')}
            onChange={(event) => {
              setFound(null)
              setSearch({ in: event.currentTarget.value }, { replace: true })
            }}
          >
            <For each={Object.entries(locales)}>
              {([value, label]) => (
                <option value={value} selected={value === language()}>
                  {label}
                </option>
              )}
            </For>
          </select>
          <Icon name="down" />
        </div>
        <button
          type="button"
          class="chip"
          aria-pressed={search.own === '1'}
          onClick={() => setSearch({ own: search.own ? undefined : '1' }, { replace: true })}
        >
          {t('sentence.own')} <span class="section-count">{Object.keys(texts()).length}</span>
        </button>
      </div>
      <div class="row wrap">
        <Button icon="download" onClick={() => void save()}>
          {t('table.export')}
        </Button>
        <FileButton icon="plus" label={t('sentence.import')} onFile={(file) => void open(file)} />
      </div>
      <Show when={trouble()}>
        {(reason) => (
          <Note icon="alert" tone="danger">
            {reason() === 'keys' ? t('sentence.noKeys') : t(`bulk.unreadable.${reason() as UnreadableFile['reason']}`)}
          </Note>
        )}
      </Show>
      <Show when={found()}>{(read) => <ImportCard read={read()} said={texts()} language={language()} onDone={() => setFound(null)} />}</Show>
      <Show when={words.latest} fallback={<Skeleton />}>
        {(all) => (
          <Show
            when={shown().length > 0}
            fallback={
              <Panel
                icon="answer"
                title={t(search.own && !search.q ? 'sentence.noOwn' : 'search.nothing')}
                actions={<Button onClick={() => setSearch({ q: undefined, own: undefined })}>{t('sentence.all')}</Button>}
              />
            }
          >
            <p class="small quiet" role="status">
              {plural('sentence.count', shown().length)}
            </p>
            <ul class="items sentences">
              <For each={shown().slice(0, most())}>
                {(key) => (
                  <li>
                    <button type="button" class="item" onClick={() => setEdited(key)}>
                      <span class="grow">
                        <span class="sentence-text" classList={{ replaced: key in texts() }}>
                          {all()[key as keyof ReturnType<typeof all>]}
                        </span>
                        <Show when={texts()[key]}>{(text) => <strong class="sentence-text">{text()}</strong>}</Show>
                      </span>
                      <span class="mono small quiet only-desk">{key}</span>
                      <Icon name="edit" />
                    </button>
                  </li>
                )}
              </For>
            </ul>
            <Show when={shown().length > most()}>
              <div>
                <Button onClick={() => setMost((now) => now + 4 * STEP)}>{t('sentence.more')}</Button>
              </div>
            </Show>
          </Show>
        )}
      </Show>
      <Show when={edited()} keyed>
        {(key) => <SentenceSheet name={key} language={language()} words={words.latest ?? {}} text={texts()[key]} onClose={() => setEdited(null)} />}
      </Show>
    </>
  )
}
