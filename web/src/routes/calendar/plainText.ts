const htmlTag = /<\/?[a-z][^>]*>/i;

/** The text of a description: Google's may be HTML, which is never shown as markup, nor as its source. */
export function plainText(text: string): string {
  if (!htmlTag.test(text)) return text.trim();
  const page = new DOMParser().parseFromString(
    text.replace(/<br\s*\/?>|<\/(p|div|li)>/gi, (tag) => `${tag}\n`),
    "text/html",
  );
  return (page.body.textContent ?? "").trim();
}
