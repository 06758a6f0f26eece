import type { MessageFile } from '../chat/files/attaching.ts'
import { limits } from '../limits.ts'
import { kindOf } from '../media/type.ts'
import { Icon } from './raw.tsx'

/** Sends the form with its files; a script makes it choose them, and shows how they go. */
export const AttachButton = ({ slug }: { slug: string }) => (
  <>
    <input type="file" name="file" multiple aria-label="Files" />
    <button
      type="submit"
      class="attach"
      formaction={`/r/${slug}/files`}
      formenctype="multipart/form-data"
      formnovalidate
    >
      <Icon name="plus" />
      <span class="visually-hidden">Add files</span>
    </button>
  </>
)

/** Where a file is. */
export const fileUrl = ({ id, name }: Pick<MessageFile, 'id' | 'name'>): string =>
  `/files/${id}/${encodeURIComponent(name)}`

/** A size for people: in the units that their own machine tells. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** What a message brings, the same for every viewer. */
export const Files = ({ files }: { files: readonly MessageFile[] }) =>
  files.length === 0 ? (
    ''
  ) : (
    <ul class="files">
      {files.map((file) => (
        <li>
          <File file={file} />
        </li>
      ))}
    </ul>
  )

function File({ file }: { file: MessageFile }) {
  const kind = kindOf(file.type)
  if (kind === 'image' && isShown(file)) return <Picture file={file} />
  if (kind === 'audio' || kind === 'video') return <Player file={file} kind={kind} />
  return <Link file={file} />
}

/** A picture of more dots than that would be a burden to whoever looks at the room. */
const isShown = ({ width = 0, height = 0 }: MessageFile) =>
  width > 0 && height > 0 && width * height <= limits.imagePixels

/** Its place is kept before it is there, so that nothing jumps. */
function Picture({ file }: { file: MessageFile }) {
  const { width = 1, height = 1, name } = file
  const scale = Math.min(1, limits.shownWidth / width, limits.shownHeight / height)
  const size = { width: atLeastOne(width * scale), height: atLeastOne(height * scale) }
  const src = file.preview ? `/previews/${file.id}` : fileUrl(file)
  return (
    <a href={fileUrl(file)}>
      <img src={src} alt={name} {...size} loading="lazy" decoding="async" />
    </a>
  )
}

const atLeastOne = (dots: number) => Math.max(1, Math.round(dots))

// What somebody sends has no captions of its own.
const Player = ({ file, kind }: { file: MessageFile; kind: 'audio' | 'video' }) => (
  <>
    {kind === 'audio' ? (
      // biome-ignore lint/a11y/useMediaCaption: as above
      <audio controls preload="none" src={fileUrl(file)} aria-label={file.name} />
    ) : (
      // biome-ignore lint/a11y/useMediaCaption: as above
      <video controls preload="metadata" src={fileUrl(file)} aria-label={file.name} />
    )}
    <Link file={file} />
  </>
)

const Link = ({ file }: { file: MessageFile }) => (
  <a class="file" href={fileUrl(file)} download={file.name}>
    <bdi>{file.name}</bdi> <small>{sizeText(file.size)}</small>
  </a>
)

/** A file for programs. */
export const fileJson = (file: MessageFile) => ({
  id: file.id,
  name: file.name,
  type: file.type,
  size: file.size,
  url: fileUrl(file),
  ...(file.width && file.height ? { width: file.width, height: file.height } : {}),
  ...(file.preview ? { preview_url: `/previews/${file.id}` } : {}),
})
