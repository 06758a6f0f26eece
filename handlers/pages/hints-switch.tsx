import { MethodForm } from './about.tsx'

/** Whether others are told that I am here, and the way to change it. */
export const HintsSwitch = ({ hints }: { hints: boolean }) => (
  <section class="panel" aria-label="Who sees that you are here">
    <p class="hint">
      {hints
        ? 'Others in a room see when you have it open, and when you type.'
        : 'Nobody sees when you are here, or when you type.'}
    </p>
    <MethodForm method="PATCH" action="/me">
      <input type="hidden" name="hints" value={String(!hints)} />
      <input type="hidden" name="to" value="/me" />
      <button type="submit" class="plain">
        {hints ? 'Let nobody see it' : 'Let others see it'}
      </button>
    </MethodForm>
  </section>
)
