interface Window {
  htmx: { trigger(on: Element, event: string): boolean }
}
