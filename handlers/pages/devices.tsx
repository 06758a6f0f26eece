import type { Device } from '../chat/devices.ts'
import { pageFragment, toMe, When } from './page.tsx'

/** The page of the devices that somebody is signed in on. */
export const devicesFragment = (devices: Device[]): string =>
  pageFragment(
    'Devices',
    toMe,
    <section class="panel" aria-label="Devices">
      <p class="hint">
        Where you are signed in. Sign out what you do not know, or do not use any more.
      </p>
      <ul class="rows">
        {devices.map((device) => (
          <li class="row">
            <DeviceText {...device} />
            {device.isThis ? <span class="tag">This device</span> : <SignOut {...device} />}
          </li>
        ))}
      </ul>
      {devices.some(({ isThis }) => !isThis) ? <SignOutOthers /> : ''}
    </section>,
  )

const nameOf = ({ name }: Device) => name || 'A device'

const DeviceText = (device: Device) => (
  <span class="row-text">
    <bdi class="row-name">{nameOf(device)}</bdi>
    <span class="hint">
      Last used <When at={device.usedAt} />, signed in <When at={device.begunAt} />
    </span>
  </span>
)

const SignOut = (device: Device) => (
  <form method="post" action={`/devices/${device.id}`}>
    <input type="hidden" name="_method" value="DELETE" />
    <button type="submit" class="plain">
      Sign out<span class="visually-hidden"> {nameOf(device)}</span>
    </button>
  </form>
)

const SignOutOthers = () => (
  <form method="post" action="/devices">
    <input type="hidden" name="_method" value="DELETE" />
    <button type="submit" class="plain">
      Sign out everywhere else
    </button>
  </form>
)

/** The same for programs. */
export const devicesJson = (devices: Device[]) => ({
  sessions: devices.map((device) => ({
    id: device.id,
    name: device.name,
    created_at: device.begunAt.toISOString(),
    used_at: device.usedAt.toISOString(),
    current: device.isThis,
  })),
})

/** A line for each. */
export const devicesText = (devices: Device[]): string =>
  devices
    .map((one) => `${one.id} ${one.usedAt.toISOString().slice(0, 10)} ${nameOf(one)}\n`)
    .join('')
