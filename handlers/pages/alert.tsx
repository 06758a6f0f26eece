import type { Refusal } from '../chat/refusal.ts'

/** A refusal's sentence, read out at once. */
export const Alert = ({ refusal }: { refusal: Refusal }) => (
  <div class="alert" role="alert" data-code={refusal.code}>
    <p>{refusal.detail}</p>
  </div>
)

/** What stands in for a whole page that is refused: the sentence, and a way on. */
export const alertFragment = (refusal: Refusal): string =>
  String(
    <>
      <Alert refusal={refusal} />
      <p class="way-on">
        <a href="/">All rooms</a>
      </p>
    </>,
  )
