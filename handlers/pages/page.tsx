import { Icon, PageStyle, Title } from './raw.tsx'
import { render } from './render.ts'

type PageProps = {
  title: string
  /** Where the arrow at its head leads. */
  back: { href: string; name: string }
  children?: unknown
}

/** The way back to the page about oneself. */
export const toMe = { href: '/me', name: 'You' }

/** A page with a head and some panels below it. */
const Page = ({ title, back, children }: PageProps) => (
  <>
    <Title text={`${title} · Natter`} />
    <PageStyle />
    <div class="home">
      <header class="head">
        <a class="back" href={back.href}>
          <Icon name="arrow-left" />
          <span class="visually-hidden">{back.name}</span>
        </a>
        <h1>{title}</h1>
      </header>
      <main class="home-main">{children}</main>
    </div>
  </>
)

/** A page as a fragment. */
export const pageFragment = (title: string, back: PageProps['back'], children: unknown): string =>
  render(
    <Page title={title} back={back}>
      {children}
    </Page>,
  )

/** A day, or the time of today: scripts write it as it is where its reader is. */
export const When = ({ at }: { at: Date }) => (
  <time class="ago" datetime={at.toISOString()}>
    {at.toISOString().slice(0, 10)}
  </time>
)

/** What is shown once: one touch takes all of it. */
export const Once = ({ text }: { text: string }) => (
  <p class="once">
    <code>{text}</code>
  </p>
)
