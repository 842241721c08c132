// Texts with gaps in them, taken apart once (template.ts, registrar-texts.ts), so that composing a message is a walk over parts.

/** A piece of a text template: literal text, or a value of the context. `{index:8}` pads with zeros to `width`. */
export type TemplatePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'index'; readonly width: number }
  | { readonly kind: 'user' }
  | { readonly kind: 'contact' }
  /** What the context's row of the subscribers' file says (read-subscribers.ts). */
  | { readonly kind: 'column'; readonly name: string };

export type TextTemplate = readonly TemplatePart[];
