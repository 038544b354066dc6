function plain(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether every word of the question begins or stands within a word of the text; accents and case do not count. */
export function matches(text: string, question: string): boolean {
  const hay = plain(text);
  return plain(question)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

interface Person {
  name: string;
  email: string;
  department?: string | null;
}

/** Those of an earlier answer who also fit what is typed by now. */
export function foundFor<P extends Person>(people: readonly P[], question: string): P[] {
  return people.filter(({ name, email, department }) => matches([name, email, department].join(" "), question));
}
