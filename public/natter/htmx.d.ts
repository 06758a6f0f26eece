interface Window {
  htmx: {
    trigger(on: Element, event: string): boolean
    swap(swap: {
      text: string
      swap: string
      target: Element
      sourceElement: Element
    }): Promise<void>
  }
}
