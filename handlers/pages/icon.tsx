/** One icon of the sprite. It says nothing to those who cannot see it: a name stands beside it. */
export const Icon = ({ name }: { name: string }) => (
  <svg class="icon" aria-hidden="true" width="20" height="20">
    <use href={`/vendor/icons.svg#${name}`} />
  </svg>
)
